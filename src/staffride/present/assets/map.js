// The animated map: two views of one clock, drawn on Canvas 2D so that it needs no WebGL.

/**
 * @typedef {[number, number]} Point longitude and latitude, degrees
 * @typedef {{box: number[], aspect: number, labels: Record<string, Record<string, [number, number, string]>>,
 *   sizes: Record<string, number>, countries: {name: string, at: Point}[]}} View
 * @typedef {{id: string, ends: [Point, Point], room: number, out: boolean, share: number}} Link
 * @typedef {{vehicles: number[], queue: number[]}} LinkSeries
 * @typedef {{label: string, series: Record<string, number[]>, links: Record<string, LinkSeries>}} Path
 * @typedef {{slug: string, name: string, at: Point}} Province
 * @typedef {{start: string, hours: number, views: Record<string, View>, links: Link[], places: Record<string, {name: string, at: Point}>,
 *   provinces: Province[], paths: Record<string, Path>, circle: Record<string, number>, perDot: number}} Bundle
 * @typedef {{name: string, view: View, canvas: HTMLCanvasElement, pen: CanvasRenderingContext2D, image: HTMLImageElement, area: number[]}} Panel
 */

const get = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
/** @type {Bundle} */
const data = JSON.parse(get("map-data").textContent ?? "{}");
const slider = /** @type {HTMLInputElement} */ (get("hour"));
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const HOURS_PER_SECOND = 5;
const FONT = '-apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", "Liberation Sans", Arial, sans-serif';

let path = Object.keys(data.paths)[0];
let hour = Number(slider.value);
let playing = 0;
/** @type {Record<string, string>} */
let ink = {};

const readColours = () => {
  const style = getComputedStyle(document.documentElement);
  const names = ["land", "halo", "casing", "other", "ink", "ground", "muted", "people", "people-edge", "shelter", "shelter-fill", "queue0", "queue1", "queue2", "queue3", "queue4"];
  ink = Object.fromEntries(names.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
};

/**
 * The value of an hourly series at a moment between two hours.
 * @param {number[] | undefined} values ends of hours, the first is hour 1
 * @param {number} at hours since the start
 */
const between = (values, at) => {
  if (!values) return 0;
  const low = Math.floor(at);
  const early = low < 1 ? 0 : values[Math.min(low, values.length) - 1];
  const late = values[Math.min(low + 1, values.length) - 1];
  return early + (late - early) * (at - low);
};

// --- places on the canvas ---------------------------------------------------------------------------------------

/** @param {Panel} panel @param {number} width @param {Point} point @returns {[number, number]} */
const project = (panel, width, [longitude, latitude]) => {
  const [west, south, east, north] = panel.view.box;
  return [((longitude - west) / (east - west)) * width, ((north - latitude) / (north - south)) * (width / panel.view.aspect)];
};

/** @param {number} full share of the standing room that is taken @returns {string} */
const queueColour = (full) => ink[`queue${Math.max(0, Math.min(4, Math.ceil(full * 4 - 0.02)))}`];

/** @param {Panel} panel @param {number} width */
const drawGround = (panel, width) => {
  const { pen, image, area } = panel;
  pen.fillStyle = ink.land;
  pen.fillRect(0, 0, width, width / panel.view.aspect);
  const [left, top] = project(panel, width, [area[0], area[3]]);
  const [right, bottom] = project(panel, width, [area[2], area[1]]);
  if (image.complete) pen.drawImage(image, left, top, right - left, bottom - top);
};

/** @param {Panel} panel @param {number} width @param {{name: string, at: Point}} country */
const drawCountry = (panel, width, country) => {
  const { pen } = panel;
  const [x, y] = project(panel, width, country.at);
  pen.font = `12px ${FONT}`;
  pen.letterSpacing = "2px";
  pen.textAlign = "center";
  pen.globalAlpha = 0.75;
  pen.fillStyle = ink.muted;
  pen.fillText(country.name, x, y);
  pen.letterSpacing = "0px";
  pen.textAlign = "start";
  pen.globalAlpha = 1;
};

/** @param {CanvasRenderingContext2D} pen @param {number[]} from @param {number[]} to @param {string} colour @param {number} wide */
const stroke = (pen, from, to, colour, wide) => {
  pen.strokeStyle = colour;
  pen.lineWidth = wide;
  pen.beginPath();
  pen.moveTo(from[0], from[1]);
  pen.lineTo(to[0], to[1]);
  pen.stroke();
};

/** A link with its queue: the standing part, at the downstream end, is thick and warm.
 * @param {Panel} panel @param {number} width @param {Link} link */
const drawLink = (panel, width, link) => {
  const [from, to] = link.ends.map((end) => project(panel, width, end));
  if (!link.out) return stroke(panel.pen, from, to, ink.other, 1.6);
  const queue = between(data.paths[path].links[link.id]?.queue, hour);
  const full = Math.min(1, queue / link.room);
  const back = [to[0] + (from[0] - to[0]) * full, to[1] + (from[1] - to[1]) * full];
  const close = panel.name === "road" ? 1 : 0.55;
  stroke(panel.pen, from, to, ink.casing, 7 * close);
  stroke(panel.pen, from, to, ink.queue0, 3.4 * close);
  if (full > 0.01) stroke(panel.pen, back, to, queueColour(full), (4 + 3 * full) * close);
};

/** People on the road: a dot stands for a fixed number of vehicles and keeps its place in the stream.
 *
 * Vehicles are numbered in the order in which they leave the link. The first `queue` of them stand at its end,
 * the rest spread over the free part, so the dots move as fast as the model's vehicles on average.
 * @param {Panel} panel @param {number} width @param {Link} link */
const drawPeople = (panel, width, link) => {
  const series = data.paths[path].links[link.id];
  if (!series || !link.out) return;
  const inside = between(series.vehicles, hour);
  const queue = Math.min(between(series.queue, hour), inside);
  const gone = between(data.paths[path].series.vehicles_crossed, hour) * link.share;
  const standing = Math.min(1, queue / link.room);
  const [from, to] = link.ends.map((end) => project(panel, width, end));
  const length = Math.hypot(to[0] - from[0], to[1] - from[1]) || 1;
  const [across, along] = [(to[1] - from[1]) / length, (to[0] - from[0]) / length];
  panel.pen.fillStyle = ink.people;
  panel.pen.strokeStyle = ink["people-edge"];
  panel.pen.lineWidth = 0.7;
  for (let n = Math.ceil(gone / data.perDot); n * data.perDot < gone + inside; n += 1) {
    const rank = n * data.perDot - gone;
    const behind = rank < queue ? (rank / queue) * standing : standing + ((rank - queue) / (inside - queue)) * (1 - standing);
    const aside = (((Math.imul(n, 2654435761) >>> 16) % 1000) / 1000 - 0.5) * 5;
    dot(panel.pen, to[0] + (from[0] - to[0]) * behind + across * aside, to[1] + (from[1] - to[1]) * behind - along * aside, 1.6);
    panel.pen.stroke();
  }
};

/** @param {CanvasRenderingContext2D} pen @param {number} x @param {number} y @param {number} radius */
const dot = (pen, x, y, radius) => {
  pen.beginPath();
  pen.arc(x, y, radius, 0, 2 * Math.PI);
  pen.fill();
};

/** @param {Panel} panel @param {string} size @param {string} key @param {number[]} at @param {string} text @param {string} [figure] */
const write = (panel, size, key, at, text, figure = "") => {
  const label = panel.view.labels[size][key];
  if (!label) return;
  const { pen } = panel;
  const [dx, dy, anchor] = label;
  const bold = `650 12px ${FONT}`;
  const plain = `12px ${FONT}`;
  pen.font = bold;
  const extra = figure ? pen.measureText(` ${figure}`).width : 0;
  pen.font = plain;
  const total = pen.measureText(text).width + extra;
  const left = at[0] + dx - (anchor === "end" ? total : anchor === "middle" ? total / 2 : 0);
  pen.lineWidth = 3.5;
  pen.lineJoin = "round";
  pen.strokeStyle = ink.halo;
  pen.fillStyle = ink.ink;
  for (const [words, x, font] of [[text, left, plain], [` ${figure}`, left + total - extra, bold]]) {
    pen.font = String(font);
    pen.strokeText(String(words), Number(x), at[1] + dy);
    pen.fillText(String(words), Number(x), at[1] + dy);
  }
};

/** @param {number} value rounded to tens */
const count = (value) => (Math.round(value / 10) * 10).toLocaleString("en-GB");

/** @param {Panel} panel @param {number} width @param {string} size */
const drawProvinces = (panel, width, size) => {
  const { pen } = panel;
  const now = data.provinces.map((province) => between(data.paths[path].series[`shelter.${province.slug}`], hour));
  data.provinces.forEach((province, index) => {
    const [x, y] = project(panel, width, province.at);
    pen.fillStyle = ink["shelter-fill"];
    dot(pen, x, y, Math.max(data.circle[size] * Math.sqrt(now[index]), 1.5));
    pen.strokeStyle = ink.shelter;
    pen.lineWidth = 1.3;
    pen.stroke();
  });
  data.provinces.forEach((province, index) => {
    write(panel, size, `province:${province.slug}`, project(panel, width, province.at), province.name, count(now[index]));
  });
};

/** @param {Panel} panel @param {number} width @param {string} size */
const drawPlaces = (panel, width, size) => {
  for (const key of Object.keys(panel.view.labels[size])) {
    const place = data.places[key];
    if (!place) continue;
    const at = project(panel, width, place.at);
    panel.pen.fillStyle = ink.ground;
    panel.pen.strokeStyle = ink.ink;
    panel.pen.lineWidth = 1.5;
    dot(panel.pen, at[0], at[1], 3);
    panel.pen.stroke();
    write(panel, size, key, at, place.name);
  }
};

/** @param {Panel} panel */
const drawPanel = (panel) => {
  const { canvas, pen } = panel;
  const shown = canvas.clientWidth;
  if (!shown) return;
  const size = shown < 440 && panel.name === "region" ? "narrow" : "wide";
  const width = panel.view.sizes[size];
  const sharp = Math.min(devicePixelRatio || 1, 2);
  const [columns, rows] = [Math.round(shown * sharp), Math.round((shown / panel.view.aspect) * sharp)];
  if (canvas.width !== columns || canvas.height !== rows) [canvas.width, canvas.height] = [columns, rows];
  pen.setTransform(columns / width, 0, 0, columns / width, 0, 0);
  pen.lineCap = "round";
  drawGround(panel, width);
  if (size === "wide") panel.view.countries.forEach((country) => drawCountry(panel, width, country));
  data.links.filter((link) => !link.out).forEach((link) => drawLink(panel, width, link));
  data.links.filter((link) => link.out).forEach((link) => drawLink(panel, width, link));
  if (panel.name === "road") data.links.forEach((link) => drawPeople(panel, width, link));
  if (panel.name === "region") drawProvinces(panel, width, size);
  drawPlaces(panel, width, size);
};

// --- the clock --------------------------------------------------------------------------------------------------

const days = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const months = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

/** @returns {[string, string]} the day and the time of day, in the local time of the scenario */
const clock = () => {
  const [y, m, d, h] = data.start.split(/[-T:]/).map(Number);
  const now = new Date(Date.UTC(y, m - 1, d, h) + Math.floor(hour * 60) * 60e3);
  const time = `${String(now.getUTCHours()).padStart(2, "0")}:00`;
  return [`${days[now.getUTCDay()]} ${now.getUTCDate()} ${months[now.getUTCMonth()]} ${now.getUTCFullYear()}`, time];
};

const figures = () => {
  const { series } = data.paths[path];
  document.querySelectorAll("[data-now]").forEach((cell) => {
    const name = /** @type {HTMLElement} */ (cell).dataset.now ?? "";
    cell.textContent = count(between(series[name], hour));
  });
};

const draw = () => {
  panels.forEach(drawPanel);
  const [day, time] = clock();
  get("now-day").textContent = day;
  get("now-time").textContent = time;
  slider.value = String(Math.round(hour));
  slider.setAttribute("aria-valuetext", `${day}, ${time}`);
  figures();
};

let before = 0;
/** @param {number} time milliseconds */
const tick = (time) => {
  const passed = before ? Math.min(time - before, 100) : 0;
  before = time;
  const ahead = hour + (passed / 1000) * HOURS_PER_SECOND;
  hour = Math.min(data.hours, ahead);
  if (calm.matches && Math.floor(hour) === Math.floor(hour - (passed / 1000) * HOURS_PER_SECOND)) return (playing = requestAnimationFrame(tick));
  draw();
  if (hour >= data.hours) return pause();
  playing = requestAnimationFrame(tick);
};

const play = () => {
  if (hour >= data.hours) hour = 0;
  before = 0;
  get("play").setAttribute("aria-pressed", "true");
  get("play").setAttribute("aria-label", "Pause");
  get("play-icon").setAttribute("d", "M4 2h4v14H4zM11 2h4v14h-4z");
  playing = requestAnimationFrame(tick);
};

const pause = () => {
  cancelAnimationFrame(playing);
  playing = 0;
  get("play").setAttribute("aria-pressed", "false");
  get("play").setAttribute("aria-label", "Play");
  get("play-icon").setAttribute("d", "M5 2l11 7-11 7z");
};

/** @param {string} name @returns {Panel} */
const panel = (name) => {
  const canvas = /** @type {HTMLCanvasElement} */ (get(`map-${name}`));
  const source = get(`relief-${name}`);
  const image = new Image();
  image.addEventListener("load", () => {
    draw();
    canvas.dataset.ready = "yes";
  });
  image.src = source.getAttribute("href") ?? "";
  const area = (source.dataset.box ?? "").split(",").map(Number);
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  canvas.style.aspectRatio = String(data.views[name].aspect);
  return { name, view: data.views[name], canvas, pen, image, area };
};

document.documentElement.classList.add("js");
readColours();
const panels = Object.keys(data.views).map(panel);
get("play").addEventListener("click", () => (playing ? pause() : play()));
slider.addEventListener("input", () => { pause(); hour = Number(slider.value); draw(); });
document.querySelectorAll('input[name="path"]').forEach((choice) => choice.addEventListener("change", (event) => {
  path = /** @type {HTMLInputElement} */ (event.target).value;
  draw();
}));
document.addEventListener("staffride:theme", () => { readColours(); draw(); });
new ResizeObserver(() => draw()).observe(panels[0].canvas);
draw();
