// A read-out on the charts: move the pointer, or focus a chart and use the arrow keys.

/**
 * @typedef {{start: string, hours: number, every?: number, series: Record<string, Quantiles>}} Charts steps, and hours a step
 * @typedef {{unit: string, digits: number, q05: Values, q25: Values, q50: Values, q75: Values, q95: Values}} Quantiles
 * @typedef {(number | null)[]} Values
 */

/** @type {Charts} */
const charts = JSON.parse(/** @type {HTMLElement} */ (document.getElementById("charts")).textContent ?? "{}");
const months = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

/**
 * The end of a step in words. The start is local time with its offset; only its clock part is used, so that the
 * reader's own time zone never moves a bulletin.
 * @param {number} hour counted from 1
 */
const moment = (hour) => {
  const [y, m, d, h] = charts.start.split(/[-T:]/).map(Number);
  const end = new Date(Date.UTC(y, m - 1, d, h + hour * (charts.every ?? 1)));
  const clock = end.getUTCHours();
  const day = clock === 0 ? new Date(end.getTime() - 3600e3) : end;
  return `${day.getUTCDate()} ${months[day.getUTCMonth()]}, ${clock === 0 ? "24" : String(clock).padStart(2, "0")}:00`;
};

/** @param {number | null} value @param {Quantiles} series */
const figure = (value, series) => {
  if (value === null) return "–";
  if (series.digits > 0) return value.toFixed(series.digits);
  const step = value >= 10000 ? 100 : value >= 1000 ? 10 : 1;
  return (Math.round(value / step) * step).toLocaleString("en-GB");
};

/** @param {string} name @param {number} hour @returns {string[]} lines of the read-out */
const lines = (name, hour) => {
  const series = charts.series[name];
  const at = (/** @type {Values} */ values) => figure(values[hour - 1], series);
  if (series.q50[hour - 1] === null) return [moment(hour), "nobody crossed"];
  return [
    moment(hour),
    `median ${at(series.q50)} ${series.unit}`,
    `50 % ${at(series.q25)} to ${at(series.q75)}`,
    `90 % ${at(series.q05)} to ${at(series.q95)}`,
  ];
};

/** @param {string} tag @param {string} name @param {Element} parent @returns {HTMLElement} */
const child = (tag, name, parent) => {
  const made = document.createElement(tag);
  made.className = name;
  parent.append(made);
  return made;
};

/** @param {SVGSVGElement} svg */
const attach = (svg) => {
  const box = /** @type {HTMLElement} */ (svg.parentElement);
  const name = svg.dataset.series ?? "";
  const [left, right, top, bottom] = ["left", "right", "top", "bottom"].map((key) => Number(svg.dataset[key]));
  const width = svg.viewBox.baseVal.width;
  box.classList.add("chart");
  const read = child("div", "read", box);
  const hair = child("div", "hair", read);
  const tip = child("div", "tip", read);
  hair.hidden = tip.hidden = true;
  let hour = Math.round(charts.hours / 2);
  read.tabIndex = 0;
  read.setAttribute("role", "slider");
  read.setAttribute("aria-label", `${svg.getAttribute("aria-label")}: read-out`);
  read.setAttribute("aria-valuemin", "1");
  read.setAttribute("aria-valuemax", String(charts.hours));

  const show = () => {
    const scale = svg.clientWidth / width || svg.getBoundingClientRect().width / width;
    const x = (left + ((right - left) * hour) / charts.hours) * scale;
    const words = lines(name, hour);
    hair.hidden = tip.hidden = false;
    hair.style.left = `${x}px`;
    hair.style.top = `${top * scale}px`;
    hair.style.height = `${(bottom - top) * scale}px`;
    tip.replaceChildren(...words.map((line, index) => Object.assign(document.createElement(index ? "div" : "b"), { textContent: line })));
    const over = x + 14 + tip.offsetWidth > read.clientWidth;
    tip.style.left = `${over ? Math.max(0, x - 14 - tip.offsetWidth) : x + 14}px`;
    tip.style.top = `${top * scale + 6}px`;
    read.setAttribute("aria-valuenow", String(hour));
    read.setAttribute("aria-valuetext", words.join("; "));
  };
  const hide = () => { hair.hidden = tip.hidden = true; };
  /** @param {number} value */
  const move = (value) => { hour = Math.min(charts.hours, Math.max(1, Math.round(value))); show(); };

  read.addEventListener("pointermove", (event) => {
    const scale = read.clientWidth / width;
    const x = (event.clientX - read.getBoundingClientRect().left) / scale;
    move(((x - left) / (right - left)) * charts.hours);
  });
  read.addEventListener("pointerleave", hide);
  read.addEventListener("blur", hide);
  read.addEventListener("focus", () => { if (read.matches(":focus-visible")) show(); });
  read.addEventListener("keydown", (event) => {
    const steps = /** @type {Record<string, number>} */ ({ ArrowRight: 1, ArrowLeft: -1, PageUp: 24 / (charts.every ?? 1), PageDown: -24 / (charts.every ?? 1) });
    if (event.key === "Escape") hide();
    else if (event.key === "Home") move(1);
    else if (event.key === "End") move(charts.hours);
    else if (event.key in steps) move(hour + steps[event.key]);
    else return;
    event.preventDefault();
  });
};

document.querySelectorAll("svg[data-series]").forEach((svg) => attach(/** @type {SVGSVGElement} */ (svg)));
