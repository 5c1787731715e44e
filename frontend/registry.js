// What scripts add to pages that work without them. Each part looks for its own
// attribute and leaves the page as it is when something is missing.

/**
 * Fetch a council box's suggestions, dropping answers that come too late.
 *
 * The returned function's `found` says in words why there are none to show.
 */
function suggestions(address) {
  let request = new AbortController();
  let timer = 0;
  const source = (typed, show) => {
    source.stop();
    const { signal } = (request = new AbortController());
    source.found = "Looking for councils";
    timer = setTimeout(async () => {
      try {
        const url = new URL(address, document.baseURI);
        url.searchParams.set("name", typed);
        const answer = await fetch(url, { signal });
        if (!answer.ok) throw new Error(`${url} answered ${answer.status}`);
        const { councils } = await answer.json();
        source.found = "No council has this name";
        show(councils);
      } catch {
        if (signal.aborted) return;
        source.found = "Suggestions are not available; type the whole name";
        show([]);
      }
    }, 200);
  };
  source.stop = () => {
    request.abort();
    clearTimeout(timer);
  };
  return source;
}

/** Write a text as HTML; the suggestion box puts its templates in as HTML. */
function escaped(text) {
  const span = document.createElement("span");
  span.textContent = text;
  return span.innerHTML;
}

/**
 * Make <input data-council-suggest="address"> offer councils while one types.
 *
 * The form then sends the chosen council's slug under the field's own name; a
 * text that was typed and not chosen is sent as it is, as without scripts.
 */
function suggestCouncils(field) {
  const sent = document.createElement("input");
  sent.type = "hidden";
  sent.name = field.name;
  sent.value = field.value;

  const source = suggestions(field.dataset.councilSuggest);
  const described = (field.getAttribute("aria-describedby") ?? "").split(" ");
  const hints = described.map((id) => document.getElementById(id)?.textContent.trim());
  const box = document.createElement("div");
  window.accessibleAutocomplete({
    element: box,
    id: field.id,
    name: "",
    defaultValue: field.value,
    minLength: 2,
    confirmOnBlur: false,
    showNoOptionsFound: true,
    inputClasses: field.className,
    source,
    templates: {
      inputValue: (council) => council?.name ?? "",
      suggestion: (council) =>
        escaped(council.name ?? council) +
        (council.note
          ? `<span class="registry-suggestion__note">${escaped(council.note)}</span>`
          : ""),
    },
    tNoResults: () => source.found,
    tAssistiveHint: () =>
      `${hints.join(" ")} When suggestions come, use the up and ` +
      "down arrows to look through them and Enter to choose one. " +
      "On a touch screen, explore by touch or with swipes.",
    onConfirm: (council) => {
      if (council) sent.value = council.slug;
    },
  });
  const isBeingUsed = document.activeElement === field;
  field.after(box, sent);
  field.remove();
  if (isBeingUsed) box.querySelector("input").focus();
  box.addEventListener("input", (event) => {
    sent.value = event.target.value;
  });
  // Suggestions that arrive later would lie over the next filters and stay there.
  box.addEventListener("focusout", ({ relatedTarget }) => {
    if (!box.contains(relatedTarget)) source.stop();
  });
}

const councilFields = document.querySelectorAll("input[data-council-suggest]");
if (councilFields.length) {
  // The script that draws the box is a third of the page's weight: it comes with the
  // first sign that somebody does more than read.
  const { autocomplete } = document.querySelector("[data-autocomplete]").dataset;
  const signs = ["pointermove", "pointerdown", "keydown", "focusin"];
  const wake = () => {
    signs.forEach((sign) => removeEventListener(sign, wake));
    import(autocomplete).then(() => councilFields.forEach(suggestCouncils), () => {});
  };
  signs.forEach((sign) => addEventListener(sign, wake));
}

// In a table that moves sideways browsers leave links out of sight that Tab leads to.
document.addEventListener("focusin", ({ target }) => {
  if (target.parentElement?.closest(".registry-scroll")) {
    target.scrollIntoView({ block: "nearest", inline: "nearest" });
  }
});

// Empty fields stay out of the address of <form data-drop-empty>.
document.querySelectorAll("form[data-drop-empty]").forEach((form) => {
  form.addEventListener("formdata", ({ formData }) => {
    for (const name of new Set(formData.keys())) {
      const given = formData.getAll(name).filter((value) => value !== "");
      formData.delete(name);
      given.forEach((value) => formData.append(name, value));
    }
  });
});

// The style sheet opens the filters beside the results where the browser can.
if (!CSS.supports("selector(::details-content)")) {
  const wide = window.matchMedia("(min-width: 1020px)");
  const follow = () =>
    document.querySelectorAll(".registry-filters").forEach((filters) => {
      filters.open = wide.matches;
    });
  wide.addEventListener("change", follow);
  follow();
}
