/* The legend: a click shows one category, Shift several, the same again all; it counts what is shown. */

/** Which labels of the coloring are shown; none means all. */
class LegendFilter {
  constructor() {
    this.option = null;
    this.labels = new Set();
    this.onChange = () => {};
  }

  /** Show these labels of a coloring only; none means all. */
  set(option, labels) {
    this.option = option;
    this.labels = new Set(labels.length === option.items.length ? [] : labels);
  }

  /** Choose a label, or with `adds` one more or less; the only one again means all. */
  choose(option, label, adds) {
    const isOnly = this.labels.size === 1 && this.labels.has(label);
    const labels = adds && option === this.option ? new Set(this.labels) : new Set();
    if (adds && labels.has(label)) labels.delete(label);
    else if (adds || option !== this.option || !isOnly) labels.add(label);
    // A new set each time, so that the drawing notices.
    this.labels = labels.size === option.items.length ? new Set() : labels;
    this.option = option;
  }

  clear() {
    this.labels = new Set();
  }

  isActive(option) {
    return this.labels.size > 0 && option === this.option;
  }

  /** Return for each code of the coloring whether it is hidden. */
  hiddenCodes(option) {
    return option.items.map(({ label }) => this.isActive(option) && !this.labels.has(label));
  }
}

/** Let a visitor choose categories in the legend, by mouse or keys. */
function filterByLegend(viewer, filter) {
  const { dataPanel } = viewer;
  const root = dataPanel.shadowRoot;
  const choose = (event) => {
    const item = event.composedPath().find((part) => part.classList?.contains("item"));
    const option = viewer.selectedColorOption;
    if (!item || !option?.codes) return;
    event.preventDefault();
    const adds = event.shiftKey || event.ctrlKey || event.metaKey;
    filter.choose(option, item.querySelector(".label").textContent, adds);
    showFiltered(viewer, filter);
  };
  root.addEventListener("click", choose);
  root.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === " ") choose(event);
  });
  whenLegendChanges(root, () => markLegend(viewer, filter));
  replaceMethod(viewer, "setSelectedColorOption", (set, option) => {
    if (option.name !== filter.option?.name) filter.clear();
    else filter.option = option; // the viewer makes its menu anew
    set(option);
    countShown(viewer, filter);
  });
  for (const name of ["filterDataset", "resetFilterDataset"]) {
    replaceMethod(viewer, name, (change, ...values) => {
      change(...values);
      countInLegend(viewer);
      countShown(viewer, filter);
    });
  }
}

function showFiltered(viewer, filter) {
  viewer.projectorScatterPlotAdapter.render();
  markLegend(viewer, filter);
  countShown(viewer, filter);
  filter.onChange();
}

/** Return the labels that a visitor has chosen, in the order of the legend. */
function shownCategories(viewer, filter) {
  const option = viewer.selectedColorOption;
  if (!option?.codes || !filter.isActive(option)) return [];
  const chosen = option.items.filter(({ label }) => filter.labels.has(label));
  return chosen.map(({ label }) => plainText(label));
}

/** Show only the categories of these labels, as clicks in the legend do; none means all. */
function showCategories(viewer, filter, labels) {
  const option = viewer.selectedColorOption;
  if (!option?.codes || isSame(labels, shownCategories(viewer, filter))) return;
  const chosen = option.items.filter(({ label }) => labels.includes(plainText(label)));
  filter.set(option, chosen.map(({ label }) => label));
  showFiltered(viewer, filter);
}

/** Call `use` whenever the legend has new items. */
function whenLegendChanges(root, use) {
  const watched = new WeakSet();
  const observer = new MutationObserver(use);
  const watch = () => {
    for (const { shadowRoot } of root.querySelectorAll("vz-projector-legend")) {
      if (!shadowRoot || watched.has(shadowRoot)) continue;
      watched.add(shadowRoot);
      observer.observe(shadowRoot, { childList: true, subtree: true, characterData: true });
      use();
    }
  };
  new MutationObserver(watch).observe(root, { childList: true, subtree: true });
  watch();
}

function markLegend(viewer, filter) {
  const option = viewer.selectedColorOption;
  for (const { shadowRoot } of viewer.dataPanel.shadowRoot.querySelectorAll("vz-projector-legend")) {
    for (const item of shadowRoot?.querySelectorAll(".item") ?? []) {
      const label = item.querySelector(".label").textContent;
      const isChosen = filter.isActive(option) && filter.labels.has(label);
      item.tabIndex = 0;
      item.setAttribute("role", "button");
      item.setAttribute("aria-pressed", String(isChosen));
      item.classList.toggle("faded", filter.isActive(option) && !isChosen);
    }
  }
}

/** Count in the legend the points that are not isolated away. */
function countInLegend(viewer) {
  const { dataPanel, dataSet, selectedColorOption: option } = viewer;
  if (!option?.codes || !dataPanel.colorLegendRenderInfo) return;
  const counts = new Array(option.items.length).fill(0);
  for (const { index } of dataSet.points) counts[option.codes[index]]++;
  const items = dataPanel.colorLegendRenderInfo.items.map((item, code) => ({
    ...item,
    count: counts[code],
  }));
  dataPanel.colorLegendRenderInfo = { items, thresholds: [] };
}

/** Say in the toolbar how many points are shown. */
function countShown(viewer, filter) {
  const option = viewer.selectedColorOption;
  const total = viewer.dataSet?.points.length;
  const text = viewer.shadowRoot.querySelector("span.numDataPoints");
  if (!total || !text) return;
  const hidden = option?.codes ? filter.hiddenCodes(option) : [];
  const isShown = ({ index }) => !hidden[option?.codes?.[index]];
  const shown = filter.isActive(option) ? viewer.dataSet.points.filter(isShown).length : total;
  text.textContent = shown === total ? String(total) : `${shown} of ${total}`;
}
