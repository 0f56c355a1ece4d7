/* The camera: where a point is on the screen, and flights to it. */

const FLIGHT_MILLISECONDS = 700;
const CLOSE_ZOOM = 4;
const MAP_SPAN = 2.05; // from -1 to 1, and half a dot
let flights = 0; // the last one is the only one that goes on

function pointPosition(viewer, row) {
  const positions = viewer.projectorScatterPlotAdapter.scatterPlot.worldSpacePointPositions;
  return [0, 1, 2].map((axis) => positions[3 * row + axis]);
}

/** Fly to a point, closer than before if need be. */
function flyTo(viewer, row) {
  const { camera } = viewer.projectorScatterPlotAdapter.scatterPlot;
  const target = pointPosition(viewer, row);
  if (target.every(Number.isFinite)) fly(viewer, { target, zoom: Math.max(camera.zoom, CLOSE_ZOOM) });
}

/** Fly to where a bookmark looks from, but not so close that a part of a flat map is out of view. */
function flyHome(viewer, bookmark) {
  if (!bookmark) return;
  const { camera } = viewer.projectorScatterPlotAdapter.scatterPlot;
  const { zoom, ...place } = bookmark.cameraDef;
  const spans = [camera.right - camera.left, camera.top - camera.bottom];
  const whole = camera.isOrthographicCamera ? Math.min(...spans) / MAP_SPAN : zoom;
  fly(viewer, { ...place, zoom: Math.min(zoom, whole) });
}

/** Fly to a place, by default in the same direction; at once for those who ask for less motion. */
function fly(viewer, { target, zoom, position }) {
  const { scatterPlot } = viewer.projectorScatterPlotAdapter;
  const { camera, orbitCameraControls: controls } = scatterPlot;
  const start = { target: controls.target.toArray(), position: camera.position.toArray() };
  const shift = target.map((value, axis) => value - start.target[axis]);
  const end = position ?? start.position.map((value, axis) => value + shift[axis]);
  const [startZoom, endZoom] = [camera.zoom, zoom];
  const moveTo = (share) => {
    const between = (from, to) => from.map((value, axis) => value + share * (to[axis] - value));
    camera.position.fromArray(between(start.position, end));
    controls.target.fromArray(between(start.target, target));
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
  const flight = ++flights;
  const step = () => {
    const isLast = flight === flights && scatterPlot.camera === camera;
    if (!isLast) return; // another has begun, or the tab or the table has changed
    const share = Math.min(1, (performance.now() - began) / FLIGHT_MILLISECONDS);
    moveTo(share * share * (3 - 2 * share));
    if (share < 1) requestAnimationFrame(step);
  };
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) moveTo(1);
  else step();
}
