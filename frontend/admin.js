// What Django's own scripts leave without a name that assistive technology can read, and
// where they leave the keyboard.

let named = 0;

/** Return the id of a field's label, giving it one if it has none. */
function labelOf(field) {
  const label = field?.labels?.[0] ?? document.querySelector(`label[for="${field?.id}"]`);
  if (label && !label.id) label.id = `label-${++named}`;
  return label?.id;
}

/** Name the parts of a box that select2 has drawn in place of a <select>. */
function nameBox(box) {
  const field = box.previousElementSibling;
  const label = labelOf(field);
  if (!label) return;
  box.querySelector(".select2-search__field")?.setAttribute("aria-labelledby", label);
  const chosen = box.querySelector(".select2-selection__rendered[id]");
  if (chosen?.getAttribute("role") === "textbox") {
    chosen.setAttribute("aria-labelledby", `${label} ${chosen.id}`);
  }
  const combobox = box.querySelector('.select2-selection[role="combobox"]');
  if (!combobox) return;
  combobox.setAttribute("aria-labelledby", chosen ? `${label} ${chosen.id}` : label);
}

/** Name what is found in an element that has just come into the page. */
function name(element) {
  element.querySelectorAll("select + .select2-container").forEach(nameBox);
  if (element.matches("select + .select2-container")) nameBox(element);
  // The list that opens, with its box to search in, is drawn at the end of the page.
  element.querySelectorAll(".select2-dropdown .select2-search__field").forEach((box) => {
    box.setAttribute("aria-label", "Search");
  });
  element.querySelectorAll(".select2-results__options[id]").forEach((list) => {
    const combobox = document.querySelector(`[role="combobox"][aria-owns="${list.id}"]`);
    combobox?.setAttribute("aria-controls", list.id);
  });
  element.querySelectorAll(".help-tooltip[aria-label]").forEach((icon) => {
    icon.setAttribute("role", "img");
  });
}

new MutationObserver((changes) => {
  for (const { addedNodes } of changes) {
    for (const node of addedNodes) {
      if (node.nodeType === Node.ELEMENT_NODE && node.isConnected) name(node);
    }
  }
}).observe(document.body, { childList: true, subtree: true });
name(document.body);

// A row that was added takes the keyboard to its first box.
document.addEventListener("formset:added", ({ target }) => {
  const first = ".select2-selection, input:not([type=hidden]), select, textarea";
  target.querySelector(first)?.focus();
});
