/* The camera: where a point is on the screen, and flights to it. */

const FLIGHT_MILLISECONDS = 700;
const CLOSE_ZOOM = 4;

function pointPosition(viewer, row) {
  const positions = viewer.projectorScatterPlotAdapter.scatterPlot.worldSpacePointPositions;
  return [0, 1, 2].map((axis) => positions[3 * row + axis]);
}

/** Fly to a point, closer than before if need be; at once for those who ask for less motion. */
function flyTo(viewer, row) {
  const { scatterPlot } = viewer.projectorScatterPlotAdapter;
  const { camera, orbitCameraControls: controls } = scatterPlot;
  const target = pointPosition(viewer, row);
  if (!target.every(Number.isFinite)) return;
  const start = { target: controls.target.toArray(), position: camera.position.toArray() };
  const shift = target.map((value, axis) => value - start.target[axis]);
  const [startZoom, endZoom] = [camera.zoom, Math.max(camera.zoom, CLOSE_ZOOM)];
  const moveTo = (share) => {
    const moved = (from) => from.map((value, axis) => value + share * shift[axis]);
    camera.position.fromArray(moved(start.position));
    controls.target.fromArray(moved(start.target));
    if (camera.isOrthographicCamera) {
      // Rounding would end next to it.
      camera.zoom = share < 1 ? startZoom * (endZoom / startZoom) ** share : endZoom;
      camera.updateProjectionMatrix();
    }
    controls.update();
    scatterPlot.render();
  };
  scatterPlot.stopOrbitAnimation();
  const began = performance.now();
  const step = () => {
    if (scatterPlot.camera !== camera) return; // the tab or the table has changed
    const share = Math.min(1, (performance.now() - began) / FLIGHT_MILLISECONDS);
    moveTo(share * share * (3 - 2 * share));
    if (share < 1) requestAnimationFrame(step);
  };
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) moveTo(1);
  else step();
}
