/* The address: #select=LABEL&color=COLUMN&map=2&table=NAME says what is shown, and Back goes back. */

const KEYS = ["table", "map", "color", "select"];
const PAUSE_MILLISECONDS = 150;

function readAddress() {
  const given = new URLSearchParams(location.hash.slice(1));
  return Object.fromEntries(KEYS.map((key) => [key, given.get(key) ?? ""]));
}

/** Keep the address and what is shown the same, in both directions. */
class Address {
  constructor(viewer) {
    this.viewer = viewer;
    this.wanted = readAddress();
    this.defaults = { table: "", color: "" };
    this.map = 0; // the place of the bookmark that was opened last
    this.timer = 0;
  }

  /** Return what is shown, without what a table shows by itself. */
  shown() {
    const { dataPanel, bookmarkPanel, dataSet, selectedPointIndices } = this.viewer;
    const hasMap = this.map < bookmarkPanel.savedStates.length;
    const [row, ...others] = selectedPointIndices;
    const point = others.length ? undefined : dataSet.points[row];
    const unless = (value, usual) => (value === usual ? "" : value);
    return {
      table: unless(dataPanel.selectedTensor, this.defaults.table),
      map: hasMap && this.map > 0 ? String(this.map + 1) : "",
      color: unless(dataPanel.selectedColorOptionName, this.defaults.color),
      select: point ? labelOf(this.viewer, point) : "",
    };
  }

  /** Write what is shown into the address, as a step that Back undoes. */
  write() {
    if (this.wanted || !this.viewer.dataSet) return;
    const shown = this.shown();
    const parts = KEYS.filter((key) => shown[key]).map((key) => [key, shown[key]]);
    const text = new URLSearchParams(parts).toString();
    if (text !== location.hash.slice(1)) location.hash = text;
  }

  writeSoon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.write(), PAUSE_MILLISECONDS);
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
    const { table, map, color, select } = this.wanted;
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
    this.showSelected(select);
    this.writeSoon();
  }

  showSelected(label) {
    const { originalDataSet, dataSet, selectedPointIndices } = this.viewer;
    const found = label && originalDataSet.points.find((one) => labelOf(this.viewer, one) === label);
    const isShown = selectedPointIndices.length === 1 &&
      dataSet.points[selectedPointIndices[0]].index === found?.index;
    if (found && !isShown) goTo(this.viewer, found.index);
    else if (!found && selectedPointIndices.length) this.viewer.notifySelectionChanged([]);
  }

  /** Back, Forward, or an address that someone typed. */
  follow() {
    const asked = readAddress();
    const shown = this.shown();
    if (KEYS.every((key) => asked[key] === shown[key])) return;
    clearTimeout(this.timer);
    this.wanted = asked;
    this.show();
  }
}

/** Let links say what is shown. */
function addAddress(viewer, address) {
  viewer.registerSelectionChangedListener(() => address.writeSoon());
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
  const words = button.textContent;
  button.hidden = false;
  button.addEventListener("click", async () => {
    address.write();
    button.textContent = (await copy(location.href)) ? "Copied" : "Copy it from the address bar";
    setTimeout(() => (button.textContent = words), 2000);
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
