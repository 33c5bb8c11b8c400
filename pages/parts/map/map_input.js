// Part of the map: the pointer and the keys.

const CLICK_PX = 4
const STEP_PX = 70
const WHEEL = 0.0016
const MAP_FIELDS = 'input, textarea, select, [contenteditable], [role=combobox], [role=option], [role=slider]'

// `act` is what the map does; see the calls.
function listenToPointer(stage, camera, outline, act) {
  let press = null

  const placeOf = (event) => {
    const { left, top } = stage.getBoundingClientRect()
    return [event.clientX - left - stage.clientLeft, event.clientY - top - stage.clientTop]
  }
  const changeOf = (event) => (event.altKey ? 'subtract' : event.shiftKey ? 'add' : 'replace')

  stage.onpointerdown = (event) => {
    if (event.button > 1 || event.target.closest('button, .card')) return
    stage.focus({ preventScroll: true })
    const [px, py] = placeOf(event)
    const moves = event.button === 1 || event.ctrlKey || (act.mode === 'move' && changeOf(event) === 'replace')
    press = { px, py, lastX: px, lastY: py, moves, change: changeOf(event), isClick: true }
    stage.setPointerCapture(event.pointerId)
    camera.stop()
    event.preventDefault()
  }
  stage.onpointermove = (event) => {
    const [px, py] = placeOf(event)
    if (!press) return act.point(px, py)
    if (press.isClick && Math.hypot(px - press.px, py - press.py) < CLICK_PX) return
    if (press.isClick) {
      press.isClick = false
      act.leave()
      if (!press.moves) outline.begin(act.mode === 'box' ? 'box' : 'lasso', press.px, press.py)
    }
    if (press.moves) camera.pan(px - press.lastX, py - press.lastY)
    else {
      outline.extend(px, py)
      act.drawing()
    }
    press.lastX = px
    press.lastY = py
  }
  const release = (event) => {
    if (!press) return
    const { isClick, moves, change, px, py } = press
    press = null
    if (isClick) return event.type === 'pointerup' && act.click(px, py, change)
    if (!moves && event.type === 'pointerup') act.drawn(outline.end(), change)
    else outline.cancel()
  }
  stage.onpointerup = release
  stage.onpointercancel = release
  stage.onpointerleave = () => { if (!press) act.leave() }
  stage.addEventListener('wheel', (event) => {
    event.preventDefault()
    const [px, py] = placeOf(event)
    camera.zoomAt(px, py, Math.exp(-event.deltaY * (event.deltaMode ? 30 : 1) * WHEEL))
  }, { passive: false })
  return { cancel() { press = null; outline.cancel() } }
}

// Letters act wherever the focus is, as long as nobody types; what moves the map, only on the map.
const MAP_KEYS = { b: 'box', l: 'lasso', v: 'move', a: 'takeShown', g: 'takeAlike', Escape: 'escape', 0: 'fit' }
const STAGE_KEYS = {
  ArrowLeft: ['pan', STEP_PX, 0], ArrowRight: ['pan', -STEP_PX, 0], ArrowUp: ['pan', 0, STEP_PX], ArrowDown: ['pan', 0, -STEP_PX],
  '+': ['zoom', 1.4], '=': ['zoom', 1.4], '-': ['zoom', 1 / 1.4], Enter: ['open'], ' ': ['toggle'],
}

function listenToKeys(root, stage, act) {
  function onKey(event) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return
    const path = event.composedPath()
    if (path[0].matches?.(MAP_FIELDS) || path.some((node) => node.matches?.('dialog, [role=dialog], [data-baseweb=popover]'))) return
    const onStage = path[0] === stage
    if (onStage && event.key in STAGE_KEYS) {
      const [name, ...values] = STAGE_KEYS[event.key]
      act[name](...values)
    } else {
      const name = MAP_KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key]
      if (!name || event.repeat || (event.shiftKey && event.key.length === 1 && !onStage)) return
      act[name](event.shiftKey)
    }
    event.preventDefault()
  }
  document.addEventListener('keydown', onKey)
  return () => document.removeEventListener('keydown', onKey)
}
