// Writes dist/: all that the pages load, from this folder and the packages.

import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { compile } from "sass";

const PACKAGES = "node_modules";

/** Read a package's script without its pointer to a source map we do not ship. */
async function script(path) {
  const text = await readFile(`${PACKAGES}/${path}`, "utf8");
  return text.replace(/\n?\/\/# sourceMappingURL=.*\s*$/, "\n");
}

/** Replace text that must be there: a new version of a package may differ. */
function replaced(text, pattern, replacement) {
  const result = text.replace(pattern, replacement);
  if (result === text) throw new Error(`Nothing in the script matches ${pattern}`);
  return result;
}

process.chdir(fileURLToPath(new URL(".", import.meta.url)));
await rm("dist", { recursive: true, force: true });
await mkdir("dist/root", { recursive: true });

const { css } = compile("registry.scss", {
  style: "compressed",
  loadPaths: [PACKAGES],
  quietDeps: true,
});
await writeFile("dist/registry.css", css.replace(/\/\*# sourceMappingURL=.*?\*\//g, ""));

// GOV.UK's components start only on a body with this class; their own pages set
// it with an inline script, which our Content-Security-Policy refuses.
const components = await script("govuk-frontend/dist/govuk/govuk-frontend.min.js");
await writeFile(
  "dist/govuk-frontend.min.js",
  `${components}
document.body.classList.add("js-enabled", "govuk-frontend-supported");
initAll();
`,
);

// On iOS this script hides a text with a style attribute, which the policy
// refuses too; GOV.UK's class does the same.
const autocomplete = await script(
  "accessible-autocomplete/dist/accessible-autocomplete.min.js",
);
await writeFile(
  "dist/accessible-autocomplete.min.js",
  replaced(autocomplete, /style="border:0;clip[^"]*"/, 'class="govuk-visually-hidden"'),
);

await copyFile("registry.js", "dist/registry.js");
await copyFile("favicon.svg", "dist/favicon.svg");
// Browsers ask for this one at the root, whatever the page says.
await copyFile("favicon.ico", "dist/root/favicon.ico");
