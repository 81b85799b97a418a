// The map of control: the script moves what the page already draws, so a page without script shows the end.

/**
 * @typedef {{id: string, name: string, holder: number, other: number[]}} Place
 * @typedef {{start: string, step: number, steps: number, places: Place[], held: Record<string, number[]>, hatching: number[],
 *   opacity: [number, number]}} Control
 */

const get = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
/** @type {Control} */
const data = JSON.parse(get("control-data").textContent ?? "{}");
const slider = /** @type {HTMLInputElement} */ (get("step"));
const months = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
const LISTED = 14;
const EVERY_MS = 320;
const [pale, full] = data.opacity;
const known = new Map(data.places.map((place) => [place.id, place]));

let step = Number(slider.value);
let playing = 0;

/** @param {string} name @returns {Record<string, SVGElement[]>} the drawings of each place or pair, in both sizes */
const marked = (name) => {
  /** @type {Record<string, SVGElement[]>} */
  const found = {};
  document.querySelectorAll(`[data-${name}]`).forEach((node) => {
    const mark = /** @type {SVGElement} */ (node);
    (found[mark.dataset[name] ?? ""] ??= []).push(mark);
  });
  return found;
};
const [cells, hatches, pairs] = ["cell", "hatch", "pair"].map(marked);

/** @param {Place} place @returns {{likely: number, opacity: number, hatch: number}} */
const tone = (place) => {
  const other = place.other[step];
  const doubt = Math.min(other, 1 - other);
  return {
    likely: other > 0.5 ? 1 - place.holder : place.holder,
    opacity: pale + (full - pale) * (1 - 2 * doubt),
    hatch: data.hatching.filter((least) => doubt >= least).length,
  };
};

/** Never all for less than all, never none for more than none; a half goes to the even number, as in the page's text.
 * @param {number} share @returns {string} */
const percent = (share) => {
  const low = Math.floor(share * 100);
  const whole = share * 100 - low === 0.5 ? low + (low % 2) : Math.round(share * 100);
  if (whole === 100 && share < 1) return "over 99\u202f%";
  if (whole === 0 && share > 0) return "under 1\u202f%";
  return `${whole}\u202f%`;
};

/** @returns {string} the end of the step, in the local time of the scenario */
const clock = () => {
  const [y, m, d, h] = data.start.split(/[-T:]/).map(Number);
  const end = new Date(Date.UTC(y, m - 1, d, h + step * data.step));
  const hours = end.getUTCHours();
  const day = hours === 0 && step > 0 ? new Date(end.getTime() - 3600e3) : end;
  const time = hours === 0 && step > 0 ? "24:00" : `${String(hours).padStart(2, "0")}:00`;
  return `${day.getUTCDate()} ${months[day.getUTCMonth()]}, ${time}`;
};

/** @returns {[Place, number][]} */
const likeliest = () => data.places
  .map((place) => /** @type {[Place, number]} */ ([place, place.other[step]]))
  .filter(([, other]) => other > 0)
  .sort((one, two) => two[1] - one[1] || (one[0].id < two[0].id ? -1 : 1));

/** @param {Place} place @param {number} other @returns {HTMLElement} */
const item = (place, other) => {
  const row = document.createElement("li");
  const name = Object.assign(document.createElement("span"), { textContent: place.name });
  const chance = Object.assign(document.createElement("b"), { textContent: percent(other) });
  const space = "http://www.w3.org/2000/svg";
  const drawn = document.createElementNS(space, "svg");
  const bar = document.createElementNS(space, "rect");
  Object.entries({ viewBox: "0 0 100 4", preserveAspectRatio: "none", "aria-hidden": "true" }).forEach(([key, value]) => drawn.setAttribute(key, value));
  Object.entries({ width: String(100 * other), height: "4", class: "chance" }).forEach(([key, value]) => bar.setAttribute(key, value));
  drawn.append(bar);
  row.append(name, chance, drawn);
  return row;
};

const drawCells = () => {
  for (const place of data.places) {
    const { likely, opacity, hatch } = tone(place);
    for (const cell of cells[place.id] ?? []) {
      cell.setAttribute("class", `cell side${likely}`);
      cell.setAttribute("fill-opacity", opacity.toFixed(3));
    }
    for (const mark of hatches[place.id] ?? []) mark.setAttribute("fill", hatch ? `url(#hatch-${1 - likely}-${hatch})` : "none");
  }
};

const drawFronts = () => {
  for (const [pair, lines] of Object.entries(pairs)) {
    const [one, other] = pair.split(" ").map((id) => known.get(id));
    const apart = one && other && tone(one).likely !== tone(other).likely;
    lines.forEach((line) => line.classList.toggle("off", !apart));
  }
};

const draw = () => {
  drawCells();
  drawFronts();
  const found = likeliest();
  get("likeliest").replaceChildren(...found.slice(0, LISTED).map(([place, other]) => item(place, other)));
  get("none").hidden = found.length > 0;
  const now = clock();
  get("now").textContent = now;
  const named = found.slice(0, 5).map(([place, other]) => `${place.name} ${percent(other)}`).join(", ");
  const words = `${now}. Held by other than at the start: ${named || "none in any run"}`;
  slider.value = String(step);
  slider.setAttribute("aria-valuetext", words);
  document.querySelectorAll(".sheet svg[role=img]").forEach((map) => map.setAttribute("aria-label", `Map of control, ${words}.`));
  document.querySelectorAll("[data-held]").forEach((cell) => {
    const mark = /** @type {HTMLElement} */ (cell);
    mark.textContent = percent(data.held[mark.dataset.held ?? ""]?.[step] ?? 0);
  });
};

const pause = () => {
  clearInterval(playing);
  playing = 0;
  get("play").setAttribute("aria-label", "Play");
  get("play-icon").setAttribute("d", "M5 2l11 7-11 7z");
};

const play = () => {
  if (step >= data.steps) step = -1;
  get("play").setAttribute("aria-label", "Pause");
  get("play-icon").setAttribute("d", "M4 2h4v14H4zM11 2h4v14h-4z");
  playing = setInterval(() => {
    step = Math.min(data.steps, step + 1);
    draw();
    if (step >= data.steps) pause();
  }, EVERY_MS);
};

document.documentElement.classList.add("js");
get("play").addEventListener("click", () => (playing ? pause() : play()));
slider.addEventListener("input", () => { pause(); step = Number(slider.value); draw(); });
get("show-formations").addEventListener("change", (event) => {
  const shown = /** @type {HTMLInputElement} */ (event.target).checked;
  document.querySelectorAll(".formations").forEach((layer) => layer.classList.toggle("off", !shown));
});
draw();
