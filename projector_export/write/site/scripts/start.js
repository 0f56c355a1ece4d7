/* Start: make the viewer, give it what the page adds, and open the first map. */

function addFeatures(viewer, opening) {
  const { projectionsPanel: panel, projectorScatterPlotAdapter: adapter } = viewer;
  const switches = [
    [panel, "showTab"],
    [panel, "disablePolymerChangesTriggerReprojection"],
    [panel, "enablePolymerChangesTriggerReprojection"],
  ];
  const opens = [[viewer, "loadState"], [viewer, "updateDataSet"]];
  addFeature("compute PCA after a map", [...switches, ...opens], () => keepPcaWorking(viewer));
  addFeature(
    "keep the map in its tab",
    [...opens, [panel, "runUmap"], [panel, "showUmap"]],
    () => keepMapInItsTab(viewer),
  );
  addFeature(
    "keep isolated points in place",
    [
      ...switches,
      [viewer, "filterDataset"],
      [viewer, "resetFilterDataset"],
      [adapter, "generatePointPositionArray"],
      [adapter, "generatePointColorArray"],
      [adapter, "updateScatterPlotPositions"],
      [adapter, "updateScatterPlotAttributes"],
    ],
    () => keepIsolatedPointsInPlace(viewer),
  );
  addFeature(
    "keep the map when vectors are sphereized",
    [...switches, [viewer, "setNormalizeData"], [viewer.inspectorPanel, "datasetChanged"]],
    () => keepMapWithOtherVectors(viewer),
  );
  const folders = JSON.parse(document.body.dataset.pictures);
  if (Object.keys(folders).length) {
    addFeature(
      "show pictures",
      [[viewer, "registerSelectionChangedListener"]],
      () => showPictures(viewer, folders),
    );
  }
  addFeature(
    "offer more colors",
    [
      [viewer, "getLegendPointColorer"],
      [viewer, "metadataEdit"],
      [viewer.dataPanel, "updateMetadataUI"],
      [viewer.dataPanel, "getEmbeddingInfoByName"],
    ],
    () => offerColorings(viewer, colorings),
  );
  addFeature("show in cards what points are colored by", [[viewer.metadataCard, "updateMetadata"]], () =>
    cleanCard(viewer));
  addFeature("draw gray points below others", [[adapter.scatterPlot, "render"]], () =>
    drawInOrder(viewer, filter));
  addFeature(
    "show categories that are chosen in the legend",
    [
      [viewer, "setSelectedColorOption"],
      [viewer, "filterDataset"],
      [viewer, "resetFilterDataset"],
      [adapter.scatterPlot, "render"],
    ],
    () => filterByLegend(viewer, filter),
  );
  addFeature("name regions of the map", [[adapter.scatterPlot, "render"]], () =>
    nameRegions(viewer, filter));
  const flight = [
    [adapter.scatterPlot, "render"],
    [adapter.scatterPlot, "stopOrbitAnimation"],
    [adapter.scatterPlot.orbitCameraControls, "update"],
    [viewer, "notifySelectionChanged"],
  ];
  addFeature("search as you type", flight, () => addSearch(viewer));
  addFeature("fly to neighbors", [...flight, [viewer.inspectorPanel.shadowRoot, "append"]], () =>
    flyToListed(viewer));
  const addressed = [
    ...flight,
    [viewer, "registerSelectionChangedListener"],
    [viewer, "setSelectedColorOption"],
    [viewer, "loadState"],
    [viewer, "filterDataset"],
    [viewer.inspectorPanel, "enableResetFilterButton"],
    [viewer.inspectorPanel, "updateFilterButtons"],
    [viewer.bookmarkPanel, "loadSavedState"],
    [viewer.bookmarkPanel, "setSelectionState"],
  ];
  addFeature("say in its address what is shown", addressed, () => addAddress(viewer, address));
  addFeature("take the tour", addressed, () => addTour(viewer, tour, address));
  addFeature(
    "save points and pictures",
    [[adapter.scatterPlot, "render"], [adapter.scatterPlot, "resize"]],
    () => addTakeAway(viewer, filter),
  );
  addFeature("suit small screens", [[viewer.shadowRoot, "append"]], () => {
    styleViewer(viewer);
    styleLegends(viewer);
    addPanelButtons(viewer);
  });
  addFeature(
    "be dark",
    [
      [adapter.scatterPlot, "setDayNightMode"],
      [adapter.scatterPlot.renderer, "setClearColor"],
      [adapter, "generateVisibleLabelRenderParams"],
      [adapter, "generatePointColorArray"],
      [adapter, "updateScatterPlotAttributes"],
    ],
    () => followScheme(viewer),
  );
  addFeature(
    "suit touch and less motion",
    [[adapter.scatterPlot, "recreateCamera"], [adapter.scatterPlot, "startOrbitAnimation"]],
    () => suitTouchAndMotion(viewer),
  );
  addFeature(
    "open maps by itself",
    [
      ...switches,
      ...opens,
      [viewer.bookmarkPanel, "loadSavedState"],
      [viewer.bookmarkPanel, "setSelectionState"],
      [viewer.dataPanel, "getEmbeddingInfoByName"],
    ],
    () => openEveryTable(viewer, opening),
  );
}

document.getElementById("about").addEventListener("click", () => {
  document.getElementById("about-dialog").showModal();
});
useSansSerifLabels();
if (!window.DecompressionStream) {
  stop("This browser is too old for the page, which needs one of mid-2023 or later.");
}
if (location.protocol === "file:" && !embeddedFiles.size) {
  stop(`Browsers open this page over http, not from disk.
    To see it here: projector-export view, and the page's folder
    As one file that opens from disk: projector-export site --single-file`);
}
await runViewer().catch(() => stop("The viewer could not be loaded. Reload the page to try again."));

const viewer = document.createElement("vz-projector");
viewer.setAttribute("serving-mode", "demo");
viewer.setAttribute("projector-config-json-path", CONFIG_NAME);
const colorings = new Map(); // metadata file -> entries of the menu "Color by"
const opening = newOpening({ isAwaited: Boolean(document.body.dataset.firstBookmark) });
const filter = new LegendFilter();
const tour = new Tour(JSON.parse(document.body.dataset.tour));
const address = new Address(viewer, filter, tour);
fillColorings(viewer, colorings);
whenPanelsExist(viewer, () => addFeatures(viewer, opening));
document.getElementById("viewer").prepend(viewer);
if (opening.isAwaited) {
  openWhenReady(viewer, opening);
} else {
  uncover("");
}
