/* Colors: more than the viewer's ten, for every column that is worth it, and gray for the rest. */

const GRAYS = ["other", "unknown"];

/** Return a color, or the gray that a role such as "other" has in this scheme. */
function shownColor(color) {
  if (!GRAYS.includes(color)) return color;
  return pageColor(color);
}

/** Mix the colors of two stops next to a number: [[number, "#rrggbb"], ...], the least first. */
function gradientColor(stops, number) {
  if (number <= stops[0][0]) return stops[0][1];
  const above = stops.findIndex(([place]) => place > number);
  if (above < 0) return stops.at(-1)[1];
  const [[low, lowColor], [high, highColor]] = [stops[above - 1], stops[above]];
  const share = (number - low) / (high - low);
  const mixed = [1, 3, 5].map((at) => {
    const [from, to] = [lowColor, highColor].map((color) => parseInt(color.slice(at, at + 2), 16));
    return Math.round(from + share * (to - from)).toString(16).padStart(2, "0");
  });
  return "#" + mixed.join("");
}

/** Return an entry of the viewer's menu "Color by". */
function colorOption({ column, labels, colors, counts, codes, stops }) {
  const common = { name: column, tooManyUniqueValues: false, isOfPage: true };
  if (stops) {
    const thresholds = stops.map(([value, color]) => ({ value, color }));
    const map = (value) => gradientColor(stops, value);
    return { ...common, desc: "gradient", map, items: [], thresholds };
  }
  const byLabel = new Map(labels.map((label, place) => [label, colors[place]]));
  return {
    ...common,
    desc: `${labels.length} colors`,
    map: (label) => shownColor(byLabel.get(label)),
    items: labels.map((label, place) => ({ label, count: counts[place] })),
    thresholds: [],
    colors,
    codes: bytesOf(codes),
  };
}

/** Fill `colorings` once they are loaded, and offer them if the viewer has made its menu already. */
async function fillColorings(viewer, colorings) {
  for (const [path, list] of Object.entries(await loadColorings())) {
    colorings.set(path, list.map(colorOption));
  }
  colorings.areLoaded = true;
  const { dataPanel } = viewer;
  if (dataPanel?.spriteAndMetadata) {
    dataPanel.updateMetadataUI(dataPanel.spriteAndMetadata.stats, dataPanel.metadataFile);
    dataPanel._selectedColorOptionNameChanged?.();
  }
}

/** Offer the page's colorings; a column that a visitor edits has the viewer's own colors. */
function offerColorings(viewer, colorings) {
  const { dataPanel } = viewer;
  const edited = new Set();
  const ofTable = () => {
    const path = dataPanel.getEmbeddingInfoByName(dataPanel.selectedTensor)?.metadataPath ?? "";
    const options = colorings.get(path) ?? [];
    const numPoints = viewer.originalDataSet?.points.length;
    return options.filter(({ name, codes }) =>
      !edited.has(name) && (!codes || codes.length === numPoints));
  };
  replaceMethod(viewer, "metadataEdit", (edit, column, ...values) => {
    edited.add(column);
    return edit(column, ...values);
  });
  replaceMethod(dataPanel, "updateMetadataUI", (update, ...values) => {
    update(...values);
    const own = ofTable();
    if (!own.length) return;
    const isKept = ({ name, map }) => !map || edited.has(name);
    dataPanel.colorOptions = [...dataPanel.colorOptions.filter(isKept), ...own];
  });
  replaceMethod(viewer, "getLegendPointColorer", (make, option) => {
    if (!option?.isOfPage) return make(option);
    if (option.codes) {
      const colors = option.colors.map(shownColor);
      return (dataSet, row) => colors[option.codes[dataSet.points[row].index]];
    }
    const missing = shownColor("unknown");
    return (dataSet, row) => {
      const value = dataSet.points[row].metadata[option.name];
      return typeof value === "number" ? option.map(value) : missing;
    };
  });
}

/**
 * Draw what is selected last, and gray points first, as each point covers those before it.
 *
 * What the legend hides is not drawn at all, unless it is selected.
 */
function drawInOrder(viewer, filter) {
  const adapter = viewer.projectorScatterPlotAdapter;
  let drawn = [];
  replaceMethod(adapter.scatterPlot, "render", (render) => {
    const geometry = adapter.spriteVisualizer?.points?.geometry;
    const shown = [
      geometry,
      viewer.dataSet,
      viewer.selectedColorOption,
      adapter.selectedPointIndices,
      adapter.neighborsOfFirstSelectedPoint,
      filter.labels,
    ];
    const isOther = shown.some((part, place) => part !== drawn[place]);
    if (isOther && viewer.dataSet && geometry?.attributes.position) {
      drawn = shown;
      geometry.setIndex(drawingOrder(viewer, filter));
    }
    return render();
  });
}

function drawingOrder(viewer, filter) {
  const { dataSet, selectedColorOption: option, projectorScatterPlotAdapter: adapter } = viewer;
  const [hidden, gray, plain, neighbor, selected] = [0, 1, 2, 3, 4];
  const levels = new Uint8Array(dataSet.points.length).fill(plain);
  if (option?.codes) {
    const isHidden = filter.hiddenCodes(option);
    const levelOf = option.colors.map((color, code) =>
      isHidden[code] ? hidden : GRAYS.includes(color) ? gray : plain);
    dataSet.points.forEach(({ index }, row) => {
      levels[row] = levelOf[option.codes[index]];
    });
  }
  for (const { index } of adapter.neighborsOfFirstSelectedPoint ?? []) levels[index] = neighbor;
  for (const row of adapter.selectedPointIndices ?? []) levels[row] = selected;
  const rows = Array.from(levels.keys());
  return [gray, plain, neighbor, selected].flatMap((level) =>
    rows.filter((row) => levels[row] === level));
}
