// What scripts add to the form of a record in the admin: dates read back while one
// types, boxes for sources that are not saved yet, and rows that keep the keyboard's
// place. The form works without it.

// ---- Dates: councils/partial_dates.py says the same words, and a test compares them.

const MONTHS = [
  "January", "February", "March", "April", "May", "June", "July", "August",
  "September", "October", "November", "December",
];

/** Return a partial date in words, undefined for text that is none. */
function dateInWords(text) {
  const parts = /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?([?~]?)$/.exec(text);
  if (!parts) return undefined;
  const [, year, month, day, doubt] = parts;
  const [y, m, d] = [Number(year), Number(month ?? 1), Number(day ?? 1)];
  const last = new Date(Date.UTC(2000, m, 0));
  last.setUTCFullYear(y, m, 0);
  if (y < 1 || m < 1 || m > 12 || d < 1 || d > last.getUTCDate()) return undefined;
  const words = [day && d, month && MONTHS[m - 1], y].filter(Boolean).join(" ");
  if (doubt === "~") return `about ${words}`;
  return doubt ? `${words} (uncertain)` : words;
}

/** Say beside a date how it is read; what is wrong with it once one leaves the box. */
function readBack(box, isLeft) {
  const said = box.parentElement.querySelector(".date-in-words");
  const typed = box.value.trim();
  const words = dateInWords(typed);
  const refused = isLeft && typed ? `This is not a date. ${said.dataset.howToType}` : "";
  const text = words ? `Read as ${words}.` : refused;
  if (said.textContent !== text) said.textContent = text;
}

const dateBox = ({ target }) =>
  target.parentElement?.querySelector(":scope > .date-in-words") && target;
document.addEventListener("input", (event) => {
  if (dateBox(event)) readBack(event.target, false);
});
document.addEventListener("change", (event) => {
  if (dateBox(event)) readBack(event.target, true);
});

// ---- Sources: every fact has a box for each, those without a key by their row.

// A row keeps its own number here while Django's script renumbers the rows.
let lastToken = 0;
const tokenOf = (row) => (row.dataset.token ??= String((lastToken += 1)));

/** Return the rows of sources that are not saved yet, with their places in the form. */
function newSources() {
  const rows = document.querySelectorAll(
    "#sources-group .inline-related:not(.empty-form)",
  );
  return [...rows]
    .map((row, place) => ({ row, place }))
    .filter(({ row }) => !row.classList.contains("has_original"));
}

function boxFor(group, token) {
  const box = document.createElement("input");
  box.type = "checkbox";
  // The group of a row that is copied has its name renumbered, as this one's will be.
  box.name = group.id.replace(/^boxes_id_/, "");
  box.id = `id_${box.name}_new${token}`;
  box.dataset.token = token;
  const label = document.createElement("label");
  label.htmlFor = box.id;
  label.append(box, document.createElement("span"));
  const line = document.createElement("div");
  line.append(label);
  (group.querySelector(":scope > div") ?? group).append(line);
  return box;
}

/** Give every fact one box for each new source, and take away those of lost ones. */
function offerSources() {
  const sources = newSources();
  document.querySelectorAll(".source-boxes").forEach((group) => {
    const boxes = [...group.querySelectorAll("input[data-token]")];
    sources.forEach(({ row, place }, index) => {
      const token = tokenOf(row);
      const box = boxes.find((one) => one.dataset.token === token) ?? boxFor(group, token);
      box.value = `row-${place}`;
      const title = row.querySelector("[name$='-title']").value.trim();
      const label = `New source ${index + 1}${title && `: ${title}`}`;
      const text = box.closest("label").querySelector("span");
      if (text.textContent !== ` ${label}`) text.textContent = ` ${label}`;
    });
    const kept = sources.map(({ row }) => tokenOf(row));
    boxes
      .filter((box) => !kept.includes(box.dataset.token))
      .forEach((box) => box.closest("label").parentElement.remove());
    const isEmpty = !group.querySelector("input");
    const help = group.closest(".form-row").querySelector(".help");
    if (help) help.hidden = !isEmpty;
  });
}

/** Take the boxes that the page came with into the same care. */
function adoptBoxes() {
  const rows = new Map(newSources().map(({ row, place }) => [`row-${place}`, row]));
  document.querySelectorAll(".source-boxes input[value^='row-']").forEach((box) => {
    box.dataset.token = tokenOf(rows.get(box.value));
    const label = box.closest("label");
    const text = document.createElement("span");
    label.replaceChildren(box, text);
  });
}

document.addEventListener("input", ({ target }) => {
  if (/^sources-\d+-title$/.test(target.name ?? "")) offerSources();
});

// ---- Rows: the keyboard stays where something was added or taken away.

const addButton = (group) => group.querySelector(".add-row a");

document.addEventListener("formset:added", offerSources);

document.addEventListener("formset:removed", ({ detail }) => {
  const group = document.getElementById(`${detail.formsetName}-group`);
  // Django's script renumbers what is left once this event is over.
  queueMicrotask(() => {
    offerSources();
    if (group) addButton(group)?.focus();
  });
});

// Links that are buttons answer to the space bar, as buttons do.
document.addEventListener("keydown", (event) => {
  if (event.key === " " && event.target.matches("a[role=button]")) {
    event.preventDefault();
    event.target.click();
  }
});

/** Offer to open and close all rows of a long section. */
function foldTogether(group) {
  const rows = () => group.querySelectorAll(".inline-related:not(.empty-form) > details");
  if (rows().length < 2) return;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button fold-rows";
  const areClosed = () => [...rows()].some((row) => !row.open);
  const name = () => {
    button.textContent = areClosed() ? "Open all rows" : "Close all rows";
  };
  button.addEventListener("click", () => {
    const open = areClosed();
    rows().forEach((row) => {
      row.open = open;
    });
    name();
  });
  group.addEventListener("toggle", name, true);
  name();
  group.querySelector(".inline-heading").after(button);
}

adoptBoxes();
offerSources();
document.querySelectorAll(".record-rows").forEach(foldTogether);
// A list that opens takes the keyboard to its box to search in.
django.jQuery(document).on("select2:open", () => {
  document.querySelector(".select2-container--open .select2-search__field")?.focus();
});
