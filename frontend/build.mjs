// Writes dist/: all that the pages load, from this folder and the packages.

import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { compile } from "sass";
import { feature } from "topojson-client";

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

// The drawing of the islands, and the one way from a place on the earth to a place on
// it: a transverse Mercator on the meridian of 4 degrees west. partnerships/places.py
// draws its points with the same numbers, and a test holds the two together.
const ISLANDS = { width: 608, height: 880, scale: 4500, left: 322, top: 4792 };

function projected([longitude, latitude]) {
  const [east, north] = [longitude + 4, latitude].map((angle) => (angle * Math.PI) / 180);
  return [
    ISLANDS.left + ISLANDS.scale * Math.atanh(Math.cos(north) * Math.sin(east)),
    ISLANDS.top - ISLANDS.scale * Math.atan2(Math.tan(north), Math.cos(east)),
  ];
}

/** Drop what nobody would see: bends of a line that are flatter than half a unit. */
function simplified(points) {
  const [first, last] = [points[0], points.at(-1)];
  const [dx, dy] = [last[0] - first[0], last[1] - first[1]];
  const length = Math.hypot(dx, dy);
  const off = ([x, y]) =>
    length
      ? Math.abs(dx * (y - first[1]) - dy * (x - first[0])) / length
      : Math.hypot(x - first[0], y - first[1]);
  const bends = points.map(off);
  const farthest = bends.indexOf(Math.max(...bends));
  if (bends[farthest] < 0.5) return [first, last];
  return [
    ...simplified(points.slice(0, farthest + 1)).slice(0, -1),
    ...simplified(points.slice(farthest)),
  ];
}

/** Write the coasts of a country as a path; islets under two units are left out. */
function coasts({ geometry: { type, coordinates } }) {
  const polygons = type === "Polygon" ? [coordinates] : coordinates;
  return polygons
    .map(([shore]) => simplified(shore.map(projected)))
    .filter((shore) => shore.length > 4 && shore.every(([x]) => x > 0))
    .map((shore) => `M${shore.map((at) => at.map(Math.round).join(" ")).join("L")}Z`)
    .join("");
}

async function islands() {
  const atlas = JSON.parse(
    await readFile(`${PACKAGES}/world-atlas/countries-10m.json`, "utf8"),
  );
  const { features } = feature(atlas, atlas.objects.countries);
  const drawn = (names) =>
    names
      .map((name) => coasts(features.find((one) => one.properties.name === name)))
      .join("");
  const { width, height } = ISLANDS;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" \
width="${width}" height="${height}" stroke="#6d9299" stroke-linejoin="round">\
<path fill="#f6f8f8" d="${drawn(["Ireland", "Isle of Man"])}"/>\
<path fill="#e4eeee" d="${drawn(["United Kingdom"])}"/></svg>
`;
}

process.chdir(fileURLToPath(new URL(".", import.meta.url)));
await rm("dist", { recursive: true, force: true });
await mkdir("dist/top", { recursive: true });

for (const name of ["registry", "admin"]) {
  const { css } = compile(`${name}.scss`, {
    style: "compressed",
    loadPaths: [PACKAGES],
    quietDeps: true,
  });
  const text = css.replace(/\/\*# sourceMappingURL=.*?\*\//g, "");
  await writeFile(`dist/${name}.css`, text);
}

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

await writeFile("dist/islands.svg", await islands());

await copyFile("registry.js", "dist/registry.js");
await copyFile("admin.js", "dist/admin.js");
await copyFile("record-form.js", "dist/record-form.js");
await copyFile("favicon.svg", "dist/favicon.svg");
// Browsers ask for this one at the root, whatever the page says.
await copyFile("favicon.ico", "dist/top/favicon.ico");
