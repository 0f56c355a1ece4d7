/* The address says what is shown, and Back goes back: docs/page.md lists its parts. */

const NOTHING = {
  ...{ tour: "", table: "", map: "", color: "", show: [] },
  ...{ isolate: "", neighbors: "", select: "", rows: "" },
};
const KEYS = Object.keys(NOTHING);
const USUAL_NEIGHBORS = 100; // how many the viewer lists
const PAUSE_MILLISECONDS = 150;

/** Return the parts of an address; those it leaves out are as at its stop of the tour. */
function readAddress(text, tour) {
  const given = new URLSearchParams(text);
  const number = tour.numberOf(given.get("tour"));
  const parts = { ...NOTHING, ...tour.view(number) };
  for (const key of KEYS.filter((key) => given.has(key))) {
    parts[key] = key === "show" ? given.getAll(key).filter(Boolean) : given.get(key);
  }
  return { ...parts, tour: number ? String(number) : "" };
}

/** Write the parts that differ from those of the stop of the tour, or from nothing. */
function writeAddress(parts, tour) {
  const usual = { ...NOTHING, ...tour.view(tour.numberOf(parts.tour)) };
  const differing = KEYS.filter((key) => !isSame(parts[key], usual[key]));
  const values = (key) => (key === "show" && parts.show.length ? parts.show : [parts[key]]);
  const pairs = differing.flatMap((key) => values(key).map((value) => [key, value]));
  return new URLSearchParams(pairs).toString();
}

function isSame(one, other) {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** Keep the address and what is shown the same, in both directions. */
class Address {
  constructor(viewer, filter, tour) {
    Object.assign(this, { viewer, filter, tour });
    this.wanted = readAddress(location.hash.slice(1), tour);
    this.defaults = { table: "", color: "" };
    this.map = 0; // the place of the bookmark that was opened last
    this.timer = 0;
    this.seen = location.hash; // what was followed or written last
    this.isTooLong = false; // whether points were left out, as they are too many for a link
  }

  /** Return what is shown, without what a table shows by itself. */
  shown() {
    const { dataPanel, bookmarkPanel, inspectorPanel, dataSet, selectedPointIndices } = this.viewer;
    const hasMap = this.map < bookmarkPanel.savedStates.length;
    const selected = selectedPointIndices.map((row) => dataSet.points[row]).filter(Boolean);
    const unless = (value, usual) => (value === usual ? "" : value);
    this.isTooLong = false;
    return {
      tour: this.tour.number ? String(this.tour.number) : "",
      table: unless(dataPanel.selectedTensor, this.defaults.table),
      map: hasMap && this.map > 0 ? String(this.map + 1) : "",
      color: unless(dataPanel.selectedColorOptionName, this.defaults.color),
      show: shownCategories(this.viewer, this.filter),
      isolate: this.viewer.dataSetBeforeFilter ? this.rowsText(dataSet.points) : "",
      neighbors: unless(String(inspectorPanel.numNN), String(USUAL_NEIGHBORS)),
      select: selected.length === 1 ? labelOf(this.viewer, selected[0]) : "",
      rows: selected.length > 1 ? this.rowsText(selected) : "",
    };
  }

  rowsText(points) {
    const text = writeRows(points.map(({ index }) => index));
    const isTooLong = text.length > MAX_ROWS_TEXT;
    this.isTooLong ||= isTooLong;
    return isTooLong ? "" : text;
  }

  /** Write what is shown into the address: as a step that Back undoes, or in place of this one. */
  write(replaces = false) {
    const isNew = location.hash !== this.seen; // `follow` comes next, and must find it
    if (this.wanted || isNew || !this.viewer.dataSet) return;
    const text = writeAddress(this.shown(), this.tour);
    if (text === location.hash.slice(1)) return;
    if (replaces) location.replace(`#${text}`);
    else location.hash = text;
    this.seen = location.hash;
  }

  writeSoon(replaces = false) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.write(replaces), PAUSE_MILLISECONDS);
  }

  /** A table is open: note what it shows by itself, and show what the address asks for. */
  tableIsOpen() {
    const { dataPanel, bookmarkPanel } = this.viewer;
    this.defaults.table ||= dataPanel.selectedTensor;
    const [first] = bookmarkPanel.savedStates;
    this.defaults.color = (first ?? dataPanel).selectedColorOptionName;
    this.show();
  }

  show() {
    if (!this.wanted) return;
    const { tour, table, map, color, show, ...points } = this.wanted;
    const { dataPanel, bookmarkPanel } = this.viewer;
    const tables = dataPanel.tensorNames.map(({ name }) => name);
    const wantedTable = tables.includes(table) ? table : this.defaults.table;
    if (wantedTable !== dataPanel.selectedTensor) {
      dataPanel.selectedTensor = wantedTable; // `tableIsOpen` comes back when it is loaded
      return;
    }
    this.wanted = null;
    const place = Number(map || 1) - 1;
    if (place !== this.map && bookmarkPanel.savedStates[place]) {
      bookmarkPanel.loadSavedState(place);
      bookmarkPanel.setSelectionState(place, true);
    }
    const isOffered = dataPanel.colorOptions.some(({ name }) => name === color);
    dataPanel.selectedColorOptionName = isOffered ? color : this.defaults.color;
    showCategories(this.viewer, this.filter, show);
    this.showPoints(points);
    const isOtherStop = Number(tour) > 0 && Number(tour) !== this.tour.number;
    this.tour.show(Number(tour));
    if (isOtherStop && !points.select) flyHome(this.viewer, bookmarkPanel.savedStates[this.map]);
    this.writeSoon(true);
  }

  showPoints({ isolate, neighbors, select, rows }) {
    const { viewer } = this;
    const shown = this.shown();
    const numRows = viewer.originalDataSet.points.length;
    if (isolate !== shown.isolate) isolateRows(viewer, readRows(isolate, numRows));
    if (neighbors !== shown.neighbors) {
      viewer.inspectorPanel.numNN = Number(neighbors) || USUAL_NEIGHBORS;
      viewer.notifySelectionChanged([]); // so that the one to select gets as many
    }
    if (select || !rows) this.showSelected(select);
    else if (rows !== shown.rows) viewer.notifySelectionChanged(placesOf(viewer, readRows(rows, numRows)));
  }

  showSelected(label) {
    const { originalDataSet, dataSet, selectedPointIndices } = this.viewer;
    const found = label && originalDataSet.points.find((one) => labelOf(this.viewer, one) === label);
    const isShown = selectedPointIndices.length === 1 &&
      dataSet.points[selectedPointIndices[0]].index === found?.index;
    if (found && !isShown) goTo(this.viewer, found.index);
    else if (!found && selectedPointIndices.length) this.viewer.notifySelectionChanged([]);
  }

  /** Back, Forward, a step of the tour, or an address that someone typed. */
  follow() {
    if (location.hash === this.seen) return; // the page wrote it, and may show more by now
    this.seen = location.hash;
    const asked = readAddress(location.hash.slice(1), this.tour);
    const shown = this.shown();
    if (KEYS.every((key) => isSame(asked[key], shown[key]))) return;
    clearTimeout(this.timer);
    this.wanted = asked;
    this.show();
  }
}

/** Return where rows of the whole table are among the points that are shown. */
function placesOf(viewer, rows) {
  const places = new Map(viewer.dataSet.points.map(({ index }, place) => [index, place]));
  return rows.map((row) => places.get(row)).filter((place) => place !== undefined);
}

/** Isolate rows of the whole table, as the button does; none means all. */
function isolateRows(viewer, rows) {
  const { inspectorPanel } = viewer;
  if (viewer.dataSetBeforeFilter) inspectorPanel.resetFilterButton.click();
  if (!rows.length) return;
  viewer.notifySelectionChanged([]);
  viewer.filterDataset(rows);
  inspectorPanel.enableResetFilterButton(true);
  inspectorPanel.updateFilterButtons(0);
}

/** Let links say what is shown. */
function addAddress(viewer, address) {
  viewer.registerSelectionChangedListener(() => address.writeSoon());
  address.filter.onChange = () => address.writeSoon();
  replaceMethod(viewer, "setSelectedColorOption", (set, option) => {
    set(option);
    address.writeSoon();
  });
  replaceMethod(viewer, "loadState", (load, state) => {
    load(state);
    address.map = Math.max(0, viewer.bookmarkPanel.savedStates.indexOf(state));
    address.writeSoon();
  });
  addEventListener("hashchange", () => address.follow());
  const button = document.getElementById("copy-link");
  const words = [...button.childNodes];
  button.hidden = false;
  button.addEventListener("click", async () => {
    address.write();
    const isCopied = await copy(location.href);
    const copied = address.isTooLong ? "Copied without the points: too many" : "Copied";
    button.textContent = isCopied ? copied : "Copy it from the address bar";
    setTimeout(() => button.replaceChildren(...words), 2000);
  });
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
