/* How it looks: fonts, light and dark, and panels that make room for the map on small screens. */

const LABEL_FONT = 'roboto, system-ui, "Segoe UI", Helvetica, Arial, sans-serif';

/** Draw labels without serifs: the viewer asks for a font that hardly any computer has. */
function useSansSerifLabels() {
  const { prototype } = CanvasRenderingContext2D;
  const font = Object.getOwnPropertyDescriptor(prototype, "font");
  Object.defineProperty(prototype, "font", {
    ...font,
    set(value) {
      font.set.call(this, String(value).replace(/\broboto$/, LABEL_FONT));
    },
  });
}

/** Put the page's styles into the viewer, whose parts other styles do not reach. */
function styleViewer(viewer) {
  const style = document.getElementById("viewer-style").content;
  const parts = [viewer];
  while (parts.length) {
    const { shadowRoot } = parts.pop();
    shadowRoot.append(style.cloneNode(true));
    const inner = [...shadowRoot.querySelectorAll("*")].filter(({ localName, shadowRoot }) =>
      shadowRoot && localName.startsWith("vz-"));
    parts.push(...inner);
  }
}

/** Style the legend, which the viewer makes only when there is a color. */
function styleLegends(viewer) {
  const style = document.getElementById("viewer-style").content;
  const styled = new WeakSet();
  const root = viewer.dataPanel.shadowRoot;
  const add = () => {
    for (const { shadowRoot } of root.querySelectorAll("vz-projector-legend")) {
      if (shadowRoot && !styled.has(shadowRoot)) {
        styled.add(shadowRoot);
        shadowRoot.append(style.cloneNode(true));
      }
    }
  };
  new MutationObserver(add).observe(root, { childList: true, subtree: true });
  add();
}

function isDark() {
  return document.documentElement.dataset.scheme === "dark";
}

function pageColor(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

function setScheme(isNight) {
  document.documentElement.dataset.scheme = isNight ? "dark" : "light";
}

const prefersDark = matchMedia("(prefers-color-scheme: dark)");
setScheme(prefersDark.matches);

/** Draw on the page's own ground; the viewer would invert the map, but not its legend. */
function followScheme(viewer) {
  const adapter = viewer.projectorScatterPlotAdapter;
  const { scatterPlot } = adapter;
  const button = viewer.shadowRoot.getElementById("nightDayMode");
  const show = (isNight) => {
    setScheme(isNight);
    button.active = isNight;
    scatterPlot.backgroundColor = parseInt(pageColor("ground").slice(1), 16);
    scatterPlot.renderer.setClearColor(scatterPlot.backgroundColor, 1);
    if (viewer.dataPanel.colorOptions) viewer.dataPanel._selectedColorOptionNameChanged();
    adapter.updateScatterPlotAttributes();
    adapter.render();
  };
  replaceMethod(scatterPlot, "setDayNightMode", (_invert, isNight) => show(isNight));
  prefersDark.addEventListener("change", () => show(prefersDark.matches));
  replaceMethod(adapter, "generateVisibleLabelRenderParams", (generate, ...values) => {
    const labels = generate(...values);
    if (labels && isDark()) {
      labels.fillColors.fill(240);
      labels.strokeColors.fill(22);
    }
    return labels;
  });
  replaceMethod(adapter, "generatePointColorArray", (generate, dataSet, colorer, ...values) => {
    const colors = generate(dataSet, colorer, ...values);
    const [, selected, neighbors, hovered] = values;
    if (dataSet && selected?.length) {
      fade(colors, [...selected, ...(neighbors ?? []).map(({ index }) => index), hovered]);
    }
    return colors;
  });
  show(isDark());
}

/** Give all points the color of those that are not selected, except those of `rows`. */
function fade(colors, rows) {
  const color = pageColor("faded");
  const parts = [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16) / 255);
  const kept = rows.filter((row) => row != null).map((row) => [row, colors.slice(3 * row, 3 * row + 3)]);
  for (let at = 0; at < colors.length; at++) colors[at] = parts[at % 3];
  for (const [row, own] of kept) colors.set(own, 3 * row);
}

/** On a small screen, show one panel at a time, over the map. */
function addPanelButtons(viewer) {
  const buttons = { left: "show-panel", right: "show-search" };
  const show = (side) => {
    viewer.dataset.panel = side;
    for (const [other, id] of Object.entries(buttons)) {
      document.getElementById(id).setAttribute("aria-expanded", String(other === side));
    }
  };
  for (const [side, id] of Object.entries(buttons)) {
    document.getElementById(id).addEventListener("click", () => {
      show(viewer.dataset.panel === side ? "" : side);
    });
  }
  viewer.addEventListener("click", (event) => {
    if (event.composedPath().some(({ id }) => id === "scatter")) show("");
  });
}

/** Move a flat map with one finger, and do not turn a solid one for those who ask for less motion. */
function suitTouchAndMotion(viewer) {
  const { scatterPlot } = viewer.projectorScatterPlotAdapter;
  const pan = 1; // THREE.TOUCH.PAN
  replaceMethod(scatterPlot, "recreateCamera", (recreate, camera) => {
    recreate(camera);
    if (camera.orthographic) scatterPlot.orbitCameraControls.touches.ONE = pan;
  });
  replaceMethod(scatterPlot, "startOrbitAnimation", (start) => {
    if (!matchMedia("(prefers-reduced-motion: reduce)").matches) start();
  });
}
