/* Every table opens on its map: the first one by itself, others when they are chosen. */

const SECONDS_TO_WAIT = 60;
const CHOOSE_BY_HAND = "Choose the map under BOOKMARKS, at the lower right";

/** Remove the cover. `note` says what a visitor has to do, if anything. */
function uncover(note) {
  if (note) {
    document.getElementById("note").textContent = note;
    document.getElementById("note").hidden = false;
  }
  document.getElementById("cover").classList.add("gone");
  document.body.dataset.opened = note ? "by hand" : "by itself";
}

/** Say on the cover why there is no map, and do nothing more. */
function stop(reason) {
  document.querySelector("#cover p").textContent = reason;
  throw new Error(reason);
}

/** What is to be opened of a table, and whether the page still waits for its data. */
function newOpening({ isAwaited, table = "", bookmark = 0, color = null }) {
  const deadline = performance.now() + 1000 * SECONDS_TO_WAIT;
  return { isAwaited, table, bookmark, color, deadline, skipsPca: false };
}

/** Open each table on the map and in the color that a visitor left it in, at first on its first. */
function openEveryTable(viewer, firstOpening) {
  const left = new Map();
  let opening = firstOpening;

  replaceMethod(viewer, "loadState", (load, state) => {
    load(state);
    opening.bookmark = Math.max(0, viewer.bookmarkPanel.savedStates.indexOf(state));
  });
  replaceMethod(viewer, "updateDataSet", (update, dataSet, ...values) => {
    const { dataPanel } = viewer;
    const table = dataPanel.selectedTensor;
    if (!dataSet) {
      if (opening.table) {
        stopWaiting(viewer, opening);
        const { bookmark } = opening;
        left.set(opening.table, { bookmark, color: dataPanel.selectedColorOptionName });
      }
      return update(dataSet, ...values);
    }
    if (opening.table && opening.table !== table) {
      const isAwaited = Boolean(dataPanel.getEmbeddingInfoByName(table)?.bookmarksPath);
      opening = newOpening({ isAwaited, table, ...left.get(table) });
    }
    opening.table = table;
    showSize(table);
    if (opening.isAwaited) skipFirstPca(viewer, opening);
    update(dataSet, ...values);
    if (!opening.isAwaited) address.tableIsOpen();
    else if (opening !== firstOpening) openWhenReady(viewer, opening);
  });
}

/** Say in the header how large the table is. */
function showSize(table) {
  const entry = config.embeddings.find(({ tensorName }) => tensorName === table);
  const [shown, dim] = entry.tensorShape.map((count) => count.toLocaleString("en"));
  const points = entry.rowsInAll ? `${shown} of ${entry.rowsInAll.toLocaleString("en")}` : shown;
  document.getElementById("size").textContent = `${points} points · ${dim} dimensions`;
}

/** Keep the viewer from computing and drawing PCA before it opens the map. */
function skipFirstPca(viewer, opening) {
  viewer.projectionsPanel.disablePolymerChangesTriggerReprojection();
  opening.skipsPca = true;
}

function stopWaiting(viewer, opening) {
  opening.isAwaited = false;
  if (opening.skipsPca) viewer.projectionsPanel.enablePolymerChangesTriggerReprojection();
  opening.skipsPca = false;
}

/** Whether points, labels, colors and bookmarks are loaded, and PCA is drawn or skipped. */
function isReady(viewer, opening) {
  if (!viewer.dataSet || !viewer.dataPanel.colorOptions || !colorings.areLoaded) return false;
  dropBookmarksOfOtherTables(viewer);
  return viewer.bookmarkPanel.savedStates.length &&
    (opening.skipsPca || viewer.projection?.dataSet === viewer.dataSet);
}

/** Whether a file of the chosen table could not be loaded. */
function isIncomplete({ dataPanel }) {
  const table = config?.embeddings.find(({ tensorName }) => tensorName === dataPanel.selectedTensor);
  const names = [CONFIG_NAME, table?.tensorPath, table?.metadataPath, table?.bookmarksPath];
  return names.some((name) => failedFiles.has(name));
}

/** Those of a table that was left while they were loading still come. */
function dropBookmarksOfOtherTables({ bookmarkPanel, dataSet }) {
  for (let place = bookmarkPanel.savedStates.length - 1; place >= 0; place--) {
    const { dataSetDimensions } = bookmarkPanel.savedStates[place];
    if (String(dataSetDimensions) !== String(dataSet.dim)) {
      bookmarkPanel.splice("savedStates", place, 1);
    }
  }
}

/** Open the bookmark. The names used are not a public interface, so anything may fail. */
function openWhenReady(viewer, opening) {
  if (!opening.isAwaited) return;
  try {
    if (isReady(viewer, opening)) {
      openBookmark(viewer, opening);
      address.tableIsOpen();
      requestAnimationFrame(() => requestAnimationFrame(() => uncover("")));
      return;
    }
  } catch {
    giveUp(viewer, opening, `${CHOOSE_BY_HAND}.`);
    return;
  }
  if (isIncomplete(viewer)) {
    giveUp(viewer, opening, "Reload the page to see the map");
    return;
  }
  // However slow the network is, the map comes.
  if (numLoading) opening.deadline = performance.now() + 1000 * SECONDS_TO_WAIT;
  if (performance.now() > opening.deadline) {
    giveUp(viewer, opening, `${CHOOSE_BY_HAND}, once the points appear.`);
    return;
  }
  setTimeout(openWhenReady, 20, viewer, opening);
}

function openBookmark(viewer, opening) {
  const { bookmarkPanel, dataPanel } = viewer;
  const index = Math.min(opening.bookmark, bookmarkPanel.savedStates.length - 1);
  bookmarkPanel.loadSavedState(index);
  // Loading clears the mark that it has just set (vz-projector-bookmark-panel.ts:82-90).
  bookmarkPanel.setSelectionState(index, true);
  opening.isAwaited = false;
  opening.skipsPca = false;
  if (dataPanel.colorOptions.some(({ name }) => name === opening.color)) {
    dataPanel.selectedColorOptionName = opening.color;
  }
}

/** Leave the viewer as it opens without this script, with a note that says what to do. */
function giveUp(viewer, opening, note) {
  const { skipsPca } = opening;
  stopWaiting(viewer, opening);
  if (skipsPca) viewer.projectionsPanel.showTab("pca");
  uncover(note);
}
