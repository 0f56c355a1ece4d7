/* The map stays: on other tabs, with some points isolated, and with other vectors. */

const MAP_TAB = "umap"; // the only tab that shows stored coordinates as they are

/** Return whether a bookmark has a map, and not only a view of PCA. */
function isMap(state) {
  return state.selectedProjection === MAP_TAB && state.projections.length > 0;
}

/** Remember the map that a bookmark opened, and let its tab show it again. */
function keepMapInItsTab(viewer) {
  const panel = viewer.projectionsPanel;
  let map = null; // the state that was opened last, and in which dimensions the viewer ran UMAP
  let ownDimensions = 0;
  const dimensions = (is3d) => (is3d ? 3 : 2);

  replaceMethod(viewer, "loadState", (load, state) => {
    load(state);
    ownDimensions = 0;
    map = isMap(state) ? state : null;
    if (map) viewer.dataSet.hasUmapRun = true;
  });
  replaceMethod(panel, "runUmap", (run) => {
    ownDimensions = dimensions(panel.umapIs3d);
    return run();
  });
  replaceMethod(panel, "showUmap", (show) => {
    const wanted = dimensions(panel.umapIs3d);
    const fits = map && map.projections.length >= viewer.dataSet.points.length;
    if (wanted !== ownDimensions && fits && wanted === dimensions(map.umapIs3d)) {
      restoreMap(viewer, map);
    } else if (wanted !== ownDimensions) {
      viewer.dataSet.hasUmapRun = false;
    }
    return show();
  });
  replaceMethod(viewer, "updateDataSet", (update, ...values) => {
    map = null;
    ownDimensions = 0;
    return update(...values);
  });
}

function restoreMap(viewer, map) {
  for (const point of viewer.dataSet.points) {
    Object.assign(point.projections, map.projections[point.index]);
  }
  viewer.dataSet.hasUmapRun = true;
  const { scatterPlot } = viewer.projectorScatterPlotAdapter;
  scatterPlot.setCameraParametersForNextCameraCreation(map.cameraDef, false);
}

/** Let the viewer compute PCA again after a bookmark that deleted its values and has none. */
function keepPcaWorking(viewer) {
  replaceMethod(viewer, "loadState", (load, state) => {
    load(state);
    const [saved] = state.projections;
    if (saved && !("pca-0" in saved)) viewer.dataSet.projections = {};
    if (state.selectedProjection === "pca" && !viewer.dataSet.projections["pca-0"]) {
      const { scatterPlot } = viewer.projectorScatterPlotAdapter;
      scatterPlot.setCameraParametersForNextCameraCreation(state.cameraDef, false);
      viewer.bookmarkPanel.ignoreNextProjectionEvent = true; // it would unmark the bookmark
      viewer.projectionsPanel.showTab("pca");
    }
  });
}

/** Isolate points, and show all again, without moving them or changing their vectors. */
function keepIsolatedPointsInPlace(viewer) {
  replaceMethod(viewer, "filterDataset", (filter, rows) => {
    const { dataSet } = viewer;
    const getSubset = dataSet.getSubset.bind(dataSet);
    dataSet.getSubset = (...values) => carryOver(dataSet, getSubset(...values));
    withVectorsAsTheyAre(viewer, () => withTheSameView(viewer, () => filter(rows)));
    delete dataSet.getSubset;
  });
  replaceMethod(viewer, "resetFilterDataset", (reset) => {
    withVectorsAsTheyAre(viewer, () => withTheSameView(viewer, reset));
  });
  replaceMethod(viewer, "updateDataSet", (update, ...values) => {
    // The viewer would go back to the points of the table before when a bookmark is opened.
    viewer.dataSetBeforeFilter = null;
    return update(...values);
  });
  drawIsolatedPointsAsBefore(viewer);
}

/** Give a subset the coordinates that its points have, which the viewer would compute again. */
function carryOver(dataSet, subset) {
  const byIndex = new Map(dataSet.points.map((point) => [point.index, point.projections]));
  for (const point of subset.points) {
    point.projections = { ...byIndex.get(point.index) };
  }
  for (const name of ["hasUmapRun", "tSNEIteration", "fracVariancesExplained"]) {
    subset[name] = dataSet[name];
  }
  subset.projections = { ...dataSet.projections };
  return subset;
}

/** The viewer centers vectors on the mean of the points it shows, which changes similarities. */
function withVectorsAsTheyAre(viewer, change) {
  const { normalizeData } = viewer;
  viewer.normalizeData = false;
  try {
    change();
  } finally {
    viewer.normalizeData = normalizeData;
  }
}

/** Change which points are shown, but not the tab, which the viewer would leave for PCA. */
function withTheSameView(viewer, change) {
  const panel = viewer.projectionsPanel;
  const shown = viewer.projection?.projectionType;
  if (!shown) {
    change();
    return;
  }
  panel.disablePolymerChangesTriggerReprojection();
  try {
    change();
    panel.showTab(shown);
  } finally {
    panel.enablePolymerChangesTriggerReprojection();
  }
  const adapter = viewer.projectorScatterPlotAdapter;
  adapter.updateScatterPlotPositions();
  adapter.updateScatterPlotAttributes();
  adapter.render();
}

/** The viewer stretches each axis to the points it shows, and colors a selection by distance. */
function drawIsolatedPointsAsBefore(viewer) {
  const adapter = viewer.projectorScatterPlotAdapter;
  replaceMethod(adapter, "generatePointPositionArray", (generate, dataSet, components) => {
    const whole = viewer.dataSetBeforeFilter;
    if (!whole || !dataSet || !isPartOf(dataSet, whole, components[0])) {
      return generate(dataSet, components);
    }
    const all = generate(whole, components);
    const positions = new Float32Array(dataSet.points.length * 3);
    dataSet.points.forEach(({ index }, row) => {
      positions.set(all.subarray(3 * index, 3 * index + 3), 3 * row);
    });
    return positions;
  });
  replaceMethod(adapter, "generatePointColorArray", (generate, dataSet, colorer, ...values) => {
    if (!viewer.dataSetBeforeFilter || !colorer) return generate(dataSet, colorer, ...values);
    const [distance, , , hovered, ...modes] = values;
    return generate(dataSet, colorer, distance, [], [], hovered, ...modes);
  });
}

/** Return whether points are where they are in the whole; not after a layout of them alone. */
function isPartOf(dataSet, whole, component) {
  return dataSet.points.every(({ index, projections }) => {
    const value = projections[component];
    return value !== undefined && value === whole.points[index]?.projections[component];
  });
}

/** Keep the map when its vectors are centered or not: that changes neighbors, but no layout. */
function keepMapWithOtherVectors(viewer) {
  replaceMethod(viewer, "setNormalizeData", (set, isNormalized) => {
    const { originalDataSet, projection } = viewer;
    const before = viewer.dataSetBeforeFilter ?? viewer.dataSet;
    if (projection?.projectionType !== MAP_TAB) {
      set(isNormalized);
      return;
    }
    viewer.dataSetBeforeFilter = null;
    viewer.inspectorPanel.datasetChanged();
    const getSubset = originalDataSet.getSubset.bind(originalDataSet);
    originalDataSet.getSubset = () => {
      const subset = carryOver(before, getSubset());
      subset.projections = {}; // PCA is of the vectors
      return subset;
    };
    withTheSameView(viewer, () => set(isNormalized));
    delete originalDataSet.getSubset;
  });
}
