/* A picture of the map: what is drawn, its legend to the right, its title and source below. */

const PICTURE_SCALE = 2; // pixels of the picture for each of the screen: sharp when printed
const LEGEND = { width: 240, margin: 20, line: 22, swatch: 12 };
const FOOTER_HEIGHT = 64;

/** Return the picture as a canvas. */
function mapPicture(viewer, filter) {
  const { scatterPlot } = viewer.projectorScatterPlotAdapter;
  const { width, height } = scatterPlot;
  const legend = legendOf(viewer, filter);
  const canvas = document.createElement("canvas");
  const size = { width: width + (legend ? LEGEND.width : 0), height: height + FOOTER_HEIGHT };
  [canvas.width, canvas.height] = [size.width * PICTURE_SCALE, size.height * PICTURE_SCALE];
  const context = canvas.getContext("2d");
  context.scale(PICTURE_SCALE, PICTURE_SCALE);
  context.fillStyle = pageColor("ground");
  context.fillRect(0, 0, size.width, size.height);
  withPixelRatio(viewer.projectorScatterPlotAdapter, PICTURE_SCALE, () => {
    for (const layer of viewer.shadowRoot.querySelectorAll("#scatter canvas")) {
      context.drawImage(layer, 0, 0, width, height);
    }
  });
  if (legend) drawLegend(context, legend, { left: width, height });
  drawFooter(context, size);
  return canvas;
}

/** Draw the map with other pixels while `use` looks at it, and as before afterwards. */
function withPixelRatio({ scatterPlot, spriteVisualizer: dots }, ratio, use) {
  const own = Object.getOwnPropertyDescriptor(window, "devicePixelRatio");
  const [size, larger] = [dots?.calculatePointSize, ratio / window.devicePixelRatio];
  // The viewer draws dots of as many pixels on every screen.
  if (size) dots.calculatePointSize = (...values) => larger * size.apply(dots, values);
  const draw = () => {
    scatterPlot.resize(false);
    scatterPlot.render();
  };
  Object.defineProperty(window, "devicePixelRatio", { configurable: true, value: ratio });
  try {
    draw();
    use(); // at once, as the browser clears what WebGL drew
  } finally {
    Object.defineProperty(window, "devicePixelRatio", own);
    if (size) delete dots.calculatePointSize;
    draw();
  }
}

/** Return what the legend says about the points that are shown, or null if there is none. */
function legendOf(viewer, filter) {
  const { dataPanel, selectedColorOption: option } = viewer;
  const shown = dataPanel.colorLegendRenderInfo;
  if (!option?.map || !shown) return null;
  const hidden = option.codes ? filter.hiddenCodes(option) : [];
  return {
    title: option.name,
    items: shown.items.filter((_, code) => !hidden[code]),
    stops: shown.thresholds,
  };
}

function drawLegend(context, { title, items, stops }, { left, height }) {
  const { margin, line, swatch, width } = LEGEND;
  const room = width - 2 * margin;
  const x = left + margin;
  let y = margin + 8;
  drawText(context, title, { x, y, room, font: "600 14px", color: "text" });
  const fitting = Math.max(0, Math.floor((height - y - line) / line));
  for (const { label, color, count } of items.slice(0, fitting)) {
    y += line;
    context.fillStyle = color;
    context.fillRect(x, y - swatch / 2, swatch, swatch);
    const text = `${plainText(label)}`;
    drawText(context, text, { x: x + 20, y, room: room - 70, font: "13px", color: "text" });
    const number = Number(count).toLocaleString("en");
    drawText(context, number, { x: x + room, y, room: 50, font: "12px", color: "soft", align: "right" });
  }
  if (stops.length) drawGradient(context, stops, { x, y: y + line, room });
}

/** Draw the colors of numbers from the least to the greatest, which may not be evenly spaced. */
function drawGradient(context, stops, { x, y, room }) {
  const gradient = context.createLinearGradient(x, 0, x + room, 0);
  const [least, most] = [stops[0].value, stops.at(-1).value];
  for (const { value, color } of stops) {
    gradient.addColorStop((value - least) / (most - least || 1), color);
  }
  context.fillStyle = gradient;
  context.fillRect(x, y - 8, room, 12);
  const common = { y: y + 18, room: room / 2, font: "12px", color: "soft" };
  drawText(context, String(least), { ...common, x });
  drawText(context, String(most), { ...common, x: x + room, align: "right" });
}

function drawFooter(context, { width, height }) {
  const { margin } = LEGEND;
  const room = width - 2 * margin;
  const top = height - FOOTER_HEIGHT;
  const title = { x: margin, y: top + 20, room, font: "600 17px", color: "text" };
  drawText(context, document.title, title);
  const facts = [document.getElementById("size").textContent, aboutFact("Source"), aboutFact("Date")];
  const below = { x: margin, y: top + 44, room, font: "13px", color: "soft" };
  drawText(context, facts.filter(Boolean).join(" · "), below);
}

/** Return what the page says about itself under a term; "" if it says nothing. */
function aboutFact(term) {
  const terms = [...document.querySelectorAll("#about-dialog dt")];
  return terms.find(({ textContent }) => textContent === term)?.nextElementSibling.textContent ?? "";
}

/** Draw a line of text, cut to its room. */
function drawText(context, text, { x, y, room, font, color, align = "left" }) {
  context.font = `${font} ${LABEL_FONT}`;
  context.fillStyle = pageColor(color);
  context.textBaseline = "middle";
  context.textAlign = align;
  context.fillText(fittingText(context, text, room), x, y);
}

function fittingText(context, text, room) {
  if (context.measureText(text).width <= room) return text;
  const letters = [...text];
  let [fits, tooLong] = [0, letters.length];
  while (tooLong - fits > 1) {
    const middle = Math.floor((fits + tooLong) / 2);
    const cut = letters.slice(0, middle).join("") + "…";
    if (context.measureText(cut).width <= room) fits = middle;
    else tooLong = middle;
  }
  return letters.slice(0, fits).join("") + "…";
}
