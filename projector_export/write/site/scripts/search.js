/* The search: suggests labels as one types, flies to the one chosen, and opens its card. */

const MAX_SUGGESTIONS = 8;

/** Return text as it is compared: without accents and capitals. */
function comparable(text) {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

/** Return a cell as one reads it, without what keeps it from being a number. */
function plainText(cell) {
  return String(cell ?? "").replace(/\u2060/g, "");
}

function labelOf(viewer, point) {
  return plainText(point.metadata[viewer.selectedLabelOption]);
}

/** Return the places of labels that contain `text`: the best first, by where and by their length. */
function bestMatches(labels, text) {
  const matches = [];
  labels.forEach((label, index) => {
    const at = label.indexOf(text);
    if (at < 0) return;
    const isWord = at === 0 || !/[\p{L}\p{N}]/u.test(label[at - 1]);
    const rank = label === text ? 0 : at === 0 ? 1 : isWord ? 2 : 3;
    matches.push([rank, label.length, index]);
  });
  matches.sort((one, other) => one[0] - other[0] || one[1] - other[1] ||
    (labels[one[2]] < labels[other[2]] ? -1 : 1));
  return matches.slice(0, MAX_SUGGESTIONS).map(([, , index]) => index);
}

/** Select a point of the whole table, after bringing back points that are hidden, and fly to it. */
function goTo(viewer, index) {
  let row = viewer.dataSet.points.findIndex((point) => point.index === index);
  if (row < 0 && viewer.dataSetBeforeFilter) {
    viewer.inspectorPanel.resetFilterButton.click();
    row = viewer.dataSet.points.findIndex((point) => point.index === index);
  }
  if (row < 0) return;
  viewer.notifySelectionChanged([row]);
  flyTo(viewer, row);
}

/** Keep what is suggested, and let keys and clicks choose. */
function addSearch(viewer) {
  const input = document.getElementById("find");
  const list = document.getElementById("suggestions");
  let known = { points: null, labels: [] };
  let active = -1;

  const labels = () => {
    const points = viewer.originalDataSet?.points ?? [];
    if (known.points !== points || known.option !== viewer.selectedLabelOption) {
      const all = points.map((point) => comparable(labelOf(viewer, point)));
      known = { points, option: viewer.selectedLabelOption, labels: all };
    }
    return known.labels;
  };
  const mark = (place) => {
    const items = [...list.children];
    active = items.length ? (place + items.length) % items.length : -1;
    items.forEach((item, at) => item.setAttribute("aria-selected", String(at === active)));
    input.setAttribute("aria-activedescendant", items[active]?.id ?? "");
  };
  const close = () => {
    list.replaceChildren();
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    mark(0);
  };
  const choose = (item) => {
    input.value = item.textContent;
    const index = Number(item.dataset.index);
    close();
    goTo(viewer, index);
  };
  const suggest = () => {
    const text = comparable(input.value.trim());
    const found = text ? bestMatches(labels(), text) : [];
    list.replaceChildren(...found.map((index, place) => {
      const item = document.createElement("li");
      item.id = `suggestion-${place}`;
      item.setAttribute("role", "option");
      item.dir = "auto";
      item.dataset.index = index;
      item.textContent = labelOf(viewer, known.points[index]);
      return item;
    }));
    list.hidden = !found.length;
    input.setAttribute("aria-expanded", String(found.length > 0));
    mark(0);
  };
  const keys = {
    ArrowDown: () => mark(active + 1),
    ArrowUp: () => mark(active - 1),
    Enter: () => active >= 0 && choose(list.children[active]),
    Escape: close,
  };
  input.addEventListener("input", suggest);
  input.addEventListener("focus", suggest);
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    event.stopPropagation(); // the viewer selects an area while Shift is down
    if (keys[event.key]) {
      event.preventDefault();
      keys[event.key]();
    }
  });
  list.addEventListener("mousedown", (event) => {
    event.preventDefault(); // keeps the focus, and so the list, until the click
    const item = event.target.closest("li");
    if (item) choose(item);
  });
  input.hidden = false;
}

/** Fly on to a neighbor whose name is clicked in the list. */
function flyToListed(viewer) {
  viewer.inspectorPanel.shadowRoot.addEventListener("click", (event) => {
    if (!event.target.closest?.(".neighbor-link, .matches-list .label")) return;
    const [row] = viewer.selectedPointIndices;
    if (row !== undefined) flyTo(viewer, row);
  });
}
