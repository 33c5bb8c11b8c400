// The map: every item a point, drawn by the graphics card. What a person does is shown at once;
// Python hears of it by numbered orders, resolves outlines to ids and answers with who is selected.

const SEND_AGAIN_MS = 4000
const NOTICE_MS = 6000
// The address holds the view at once; Python need not run for every move.
const REPORT_MS = 2500
const MOVING_MS = 140
const RETRY_MS = 1000
const REACH_PX = 10
// A frame that takes longer than this while moving draws fewer points, until there is time again.
const SLOW_FRAME_MS = 28, FAST_FRAME_MS = 13
const MANY_POINTS = 150_000
const MANY_HERE = 4096 // in the cells of a view: some of them are surely seen
const FLY_ZOOM = 12
// The name of a class is in front where this share of it is selected.
const LEAST_SHARE_NAMED = 0.1

export default lasting(createMap)

function createMap(root) {
  const $ = (selector) => root.querySelector(selector)
  const map = $('.map'), stage = $('.stage'), over = $('.over').getContext('2d')
  const session = sessionName(), contact = createContact(root), fetchBytes = createFetching()
  const camera = createCamera(moved), outline = createOutline(camera), tones = createTones()
  const painter = createPainter($('.points'), invalidate, () => giveUp('The graphics card is gone.'))
  const picture = (id, hash, size) => `/api/images/${data.audit}/${id}/${hash}/${size}`
  const items = createItems(() => { card.again(extraOf(hovered)); invalidate() })
  const card = createCard($('.card'), picture, items)
  const thumbnails = createThumbnails(picture, items, invalidate)
  const legend = createLegend($('.legend'), tones, { isolate, take: (code, isMore) => select({ codes: [code] }, isMore ? 'add' : 'replace') })

  let component, data, orders = [], next = 0, tick = 0, sentAt = 0, reportTimer, noticeTimer
  let shown = {}, places = null, states = null, coloring = null, color = null, names = [], ids = null, picking = null
  let named = null, isolated = new Set(), selected = 0, counts = null, mode = 'move', hovered = -1, byKeys = false, flown = null
  let frame = 0, movedAt = 0, drawnAt = 0, skip = 1, settleTimer, theme = {}, isClosed = false, isUnsupported = false, failures = 0, retryTimer

  // -- talking to Python ---------------------------------------------------------------------------

  function send() {
    clearTimeout(reportTimer)
    sentAt = Date.now()
    contact.sent(++tick)
    component.setStateValue('sent', { session, tick, orders, layout: data.layout, color, view: camera.text, unsupported: isUnsupported })
  }
  function order(kind, more = {}) {
    orders.push({ session, seq: next++, auditor: data.auditor, kind, ...more })
    send()
  }
  function report() {
    holdInAddress({ color, view: camera.text })
    clearTimeout(reportTimer)
    reportTimer = setTimeout(() => (contact.isElsewhere ? report() : send()), REPORT_MS)
  }
  const resend = setInterval(() => {
    contact.check()
    if ((orders.length || contact.waited()) && Date.now() - sentAt > SEND_AGAIN_MS) send()
  }, 1000)

  function update(latest) {
    component = latest
    data = latest.data
    contact.answered(data.session === session ? data.tick : 0)
    const results = data.results.filter((r) => orders.some((o) => o.session === r.session && o.seq === r.seq))
    orders = orders.filter((o) => !results.some((r) => o.session === r.session && o.seq === r.seq))
    for (const { ok, reason } of results) if (!ok) notify(reason)
    if (!painter && !isUnsupported) return giveUp('This browser cannot draw with WebGL2.')
    items.from(data.items)
    if (color === null || !data.colorings.some(({ key }) => key === color)) color = data.color
    // A run that another part has asked for knows the view of a while ago.
    if (shown.points) holdInAddress({ color, view: camera.text })
    drawMenu($('.colors'), data.colorings, color, recolor)
    stage.ariaLabel = `${data.title}. Arrow keys move it; the point in the middle is described; Enter opens it. The selection is listed beside the map.`
    refresh()
  }

  // The server was restarted, or holds other bytes now: Python is asked for their addresses, more
  // and more rarely.
  function refresh() {
    load().then(() => { failures = 0 }, retry)
  }
  function retry(error) {
    if (isClosed) return
    failures += 1
    if (!places || failures > 1) say(error.message)
    clearTimeout(retryTimer)
    retryTimer = setTimeout(() => window.dispatchEvent(new Event(TERMS.page_again)), RETRY_MS * Math.min(failures, 10))
  }

  function giveUp(why) {
    isUnsupported = true
    map.toggleAttribute('data-unsupported', true)
    notify(`${why} A plainer map is shown instead.`)
    if (component) send()
  }

  // -- bytes ---------------------------------------------------------------------------------------

  async function load() {
    const wanted = data, source = data.colorings.find(({ key }) => key === color) ?? data.colorings[0]
    if (isUnsupported) return
    if (shown.points !== wanted.points) say('Loading …')
    const bytes = (address) => (address ? fetchBytes(address) : null)
    const [points, colors, scope, selection] = await Promise.all(
      [wanted.points, source.address, wanted.scope, wanted.selection?.bits].map(bytes))
    if (wanted !== data || isClosed) return
    if (shown.points !== wanted.points) setPlaces(new Uint16Array(points))
    if (shown.colors !== source.address) setColoring(readColoring(colors))
    if (shown.scope !== wanted.scope) flagStates(states, IN_SCOPE, scope && new Uint8Array(scope))
    const isPending = orders.some(({ kind }) => kind === 'select' || kind === 'clear')
    const chosen = isPending ? shown.selection : wanted.selection?.bits ?? null
    if (shown.selection !== chosen) {
      flagStates(states, SELECTED, selection ? new Uint8Array(selection) : new Uint8Array(states.length))
    }
    const isNew = shown.points !== wanted.points
    if (isNew || shown.scope !== wanted.scope || shown.selection !== chosen) setStates()
    shown = { points: wanted.points, colors: source.address, scope: wanted.scope, selection: chosen }
    if (isNew) begin(wanted)
    say(places.length ? '' : 'No image is on this map.')
    settle()
    invalidate()
    if (isNew || !ids) later(wanted).catch(retry)
    else flyTo(wanted.fly)
  }

  function setPlaces(latest) {
    places = latest
    states = new Uint8Array(places.length / 2).fill(IN_SCOPE)
    shown = {}
    ids = picking = null
    names = []
    named = null
    hovered = -1
    thumbnails.clear()
    painter.setPlaces(places)
    camera.frame(extentOf(places))
    skip = Math.max(1, Math.ceil(states.length / 400_000))
  }
  function setColoring(latest) {
    if (latest.key !== coloring?.key) isolated = new Set()
    coloring = latest
    painter.setCodes(coloring.codes)
    counts = null
    readTheme(true)
  }
  function setStates() {
    painter.setStates(states)
    selected = countStates(states, IN_SCOPE | SELECTED)
    counts = null
    countNames()
    map.dataset.selected = selected
  }
  // How many of each given label are selected, for the names on the map.
  function countNames() {
    if (named) named.chosen = selected ? tally(named, states, IN_SCOPE | SELECTED) : []
  }
  function begin({ view }) {
    if (!(flown === null && camera.read(view))) camera.fit()
    flown ??= ''
  }

  // What is not needed to see the map comes after it.
  async function later(wanted) {
    const isHere = () => wanted.points === shown.points && !isClosed
    picking = null
    await new Promise((resolve) => { setTimeout(resolve, 30) })
    if (!isHere()) return
    picking = createPicking(places)
    const [idBytes, nameBytes] = await Promise.all([fetchBytes(wanted.ids), fetchBytes(wanted.names)])
    if (!isHere()) return
    ids = createIds(idBytes)
    named = readColoring(nameBytes)
    names = namePlaces(named, places)
    countNames()
    flyTo(data.fly)
    settle()
    invalidate()
    map.dataset.ready = wanted.points
  }

  function flyTo(id) {
    if (!ids || !id || flown === id) return
    flown = id
    const index = ids.find(id)
    if (index < 0) return notify('This image is not on this map.')
    byKeys = true
    hovered = index
    camera.fly(picking.x(index), picking.y(index), Math.max(camera.zoom, FLY_ZOOM))
  }

  // -- drawing -------------------------------------------------------------------------------------

  function moved() {
    movedAt = performance.now()
    invalidate()
    clearTimeout(settleTimer)
    settleTimer = setTimeout(() => { settle(); invalidate(); if (shown.points) report() }, MOVING_MS)
  }
  function invalidate() {
    if (!frame && !isClosed) frame = requestAnimationFrame(draw)
  }

  function readTheme(isChanged = false) {
    const latest = themeOf(root.host ?? root, stage)
    if (!isChanged && theme.source === latest.source) return
    theme = latest
    stage.classList.toggle('is-dark', theme.isDark)
    if (!coloring) return
    tones.use(coloring, theme.isDark, theme.quiet)
    rank()
    painter.setPalette(...tones.palette(isolated))
  }

  const sizeOfPoint = () => {
    const count = places.length / 2
    const base = count < 4000 ? 7 : count < 20_000 ? 5 : count < 100_000 ? 3.2 : count < 400_000 ? 2.2 : 1.6
    return Math.min(16, base * camera.zoom ** 0.35) * devicePixelRatio
  }
  const isCrowded = () => {
    const seen = picking?.covered ?? 0.5
    return places.length / 2 / Math.max(1, seen * camera.scale ** 2) > CROWDED
  }
  const unit = (hex) => rgb(hex).map((value) => value / 255)

  function draw() {
    frame = 0
    if (!places || !coloring || isClosed) return
    const now = performance.now(), isMoving = now - movedAt < MOVING_MS
    if (!isMoving) readTheme()
    if (isMoving && now - drawnAt < 250 && states.length > MANY_POINTS) {
      if (now - drawnAt > SLOW_FRAME_MS) skip = Math.min(40, skip + Math.ceil(skip / 2))
      else if (now - drawnAt < FAST_FRAME_MS) skip = Math.max(1, skip - 1)
    }
    drawnAt = now
    const isDrawn = painter.draw({
      transform: camera.transform, size: sizeOfPoint(), hasSelection: selected > 0, isCrowded: isCrowded(),
      page: unit(theme.page), quiet: unit(theme.quiet), skip: isMoving ? skip : 1,
    })
    drawOver()
    if (isDrawn) requestAnimationFrame(() => {
      map.dataset.first ??= performance.now()
      map.dataset.painted = `${shown.points} ${shown.colors} ${[...isolated]}`
    })
  }

  function drawOver() {
    over.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0)
    over.clearRect(0, 0, camera.width, camera.height)
    const isFaint = (index) => selected > 0 && !(states[index] & SELECTED)
    const pictures = thumbnails.draw(over, camera, { toneOf: (index) => tones.of(coloring.codes[index]), isFaint, page: theme.page })
    map.dataset.pictures = pictures
    if (!pictures) drawNames(over, camera, names, { ...theme, isFaint: (code, count) => selected > 0 && !(named.chosen[code] >= count * LEAST_SHARE_NAMED) })
    if (outline.isDrawn) drawOutline(over, outline, theme)
    if (hovered >= 0) drawRing(over, ...camera.toScreen(xOf(hovered), yOf(hovered)), sizeOfPoint() / devicePixelRatio / 2 + 4, theme)
  }
  const xOf = (index) => places[2 * index] / 65535
  const yOf = (index) => places[2 * index + 1] / 65535
  // -- what is counted once nothing moves ----------------------------------------------------------

  function countHere() {
    if (selected) return tally(coloring, states, IN_SCOPE | SELECTED)
    if (!picking || camera.isWhole || picking.roughly(camera.window) > 0.95 * states.length) return null
    return tally(coloring, states, IN_SCOPE, (each) => picking.within(camera.window, each))
  }
  function rank() {
    counts ??= { all: tally(coloring, states, IN_SCOPE) }
    counts.here = countHere()
    return tones.rank(counts.here ?? counts.all)
  }
  function settle() {
    if (!places || !coloring) return
    if (rank()) painter.setPalette(...tones.palette(isolated))
    const { all, here } = counts
    legend.show({ coloring, counts: all, here: here ?? all.map(() => null), isolated })
    if (picking && ids) thumbnails.choose(camera, picking, isShown, ids.at)
    if (picking && places.length) say(isEmptyHere() ? 'No image here. 0 shows the whole map.' : '')
    if (byKeys && picking) hoverMiddle()
  }
  function isEmptyHere() {
    let isEmpty = picking.roughly(camera.window) < MANY_HERE
    if (isEmpty) picking.within(camera.window, (index) => { if (isShown(index)) isEmpty = false })
    return isEmpty
  }
  const isShown = (index) => states[index] & IN_SCOPE && (!isolated.size || isolated.has(coloring.codes[index]))

  // -- what a person does --------------------------------------------------------------------------

  function isolate(code, isMore) {
    const alone = isolated.size === 1 && isolated.has(code)
    if (!isMore) isolated = new Set(alone ? [] : [code])
    else isolated.has(code) ? isolated.delete(code) : isolated.add(code)
    painter.setPalette(...tones.palette(isolated))
    settle()
    invalidate()
  }

  // Shown before Python has answered, by what is known here.
  function select(what, change) {
    if (!places || !coloring) return
    const inside = what.outline ? insideOf(what.outline, places) : null
    const isIn = (index) => (inside ? inside[index] : what.codes ? what.codes.includes(coloring.codes[index])
      : what.ids ? ids.at(index) === what.ids[0] : true)
    for (let index = 0; index < states.length; index++) {
      const isNew = isIn(index) && isShown(index)
      const isKept = change === 'replace' ? isNew : change === 'add' ? states[index] & SELECTED || isNew : states[index] & SELECTED && !isNew
      states[index] = isKept ? states[index] | SELECTED : states[index] & ~SELECTED
    }
    setStates()
    settle()
    invalidate()
    order('select', { ...what, change, color: coloring.key, isolated: [...isolated] })
  }

  function hover(index) {
    if (index !== hovered) invalidate()
    hovered = index
    stage.dataset.over = index < 0 ? '' : 'point'
    if (index < 0 || !ids) return card.hide()
    const [px, py] = camera.toScreen(picking.x(index), picking.y(index))
    card.show(ids.at(index), px, py, camera.width, camera.height, extraOf(index))
  }
  function extraOf(index) {
    if (index < 0 || !coloring || coloring.kind === 'numbers' || ['given', 'suggested'].includes(coloring.key)) return ''
    const name = coloring.names[coloring.codes[index]]
    return name === undefined ? '' : `${coloring.title.toLowerCase()}: ${name}`
  }
  function hoverMiddle() {
    const [x, y] = camera.center
    hover(picking.nearest(x, y, Math.hypot(camera.width, camera.height) / 2 / camera.scale, isShown))
  }

  const act = {
    get mode() { return mode },
    point(px, py) {
      byKeys = false
      if (!picking) return
      const pictured = thumbnails.at(camera, px, py)
      hover(pictured >= 0 ? pictured : picking.nearest(...camera.toMap(px, py), REACH_PX / camera.scale, isShown))
    },
    leave: () => hover(-1),
    drawing: invalidate,
    click(px, py, change) {
      act.point(px, py)
      if (hovered < 0 || !ids) return
      if (change === 'replace') act.open()
      else select({ ids: [ids.at(hovered)] }, change)
    },
    drawn(corners, change) {
      if (corners) select({ outline: corners }, change)
      invalidate()
    },
    pan(dx, dy) { byKeys = true; camera.pan(dx, dy) },
    zoom(factor) { byKeys = true; camera.zoomAt(camera.width / 2, camera.height / 2, factor) },
    fit: () => camera.fit(),
    open: () => hovered >= 0 && ids && order('open', { item: ids.at(hovered) }),
    toggle() {
      if (hovered >= 0 && ids) select({ ids: [ids.at(hovered)] }, states[hovered] & SELECTED ? 'subtract' : 'add')
    },
    takeShown: (isMore) => select({ all: true }, isMore ? 'add' : 'replace'),
    takeAlike(isMore) {
      if (hovered < 0 || coloring.kind === 'numbers') return notify('Point at an image first, in colors of a category.')
      select({ codes: [coloring.codes[hovered]] }, isMore ? 'add' : 'replace')
    },
    escape() {
      if (outline.isDrawn) pointer.cancel()
      else if (selected) {
        states.forEach((state, index) => { states[index] = state & ~SELECTED })
        setStates()
        settle()
        order('clear')
      } else if (isolated.size) isolate([...isolated][0], isolated.size > 1)
      else setMode('move')
      hover(-1)
      invalidate()
    },
    move: () => setMode('move'),
    box: () => setMode('box'),
    lasso: () => setMode('lasso'),
    png() { draw(); savePng([$('.points'), $('.over')], theme.page) },
    svg() {
      if (!picking) return
      const toneAt = (index) => (isShown(index) && (!selected || states[index] & SELECTED) ? tones.of(coloring.codes[index]) : theme.quiet)
      const problem = saveSvg(camera, picking, toneAt, names, { ...theme, radius: sizeOfPoint() / devicePixelRatio / 2, title: data.title })
      if (problem) notify(problem)
    },
  }
  const pointer = listenToPointer(stage, camera, outline, act)
  const stopKeys = listenToKeys(root, stage, act)
  for (const button of root.querySelectorAll('[data-do]')) button.onclick = () => act[button.dataset.do]()

  function setMode(latest) {
    mode = stage.dataset.mode = latest
    for (const button of root.querySelectorAll('.tools button')) button.setAttribute('aria-pressed', button.dataset.do === mode)
  }
  setMode('move')

  function recolor(key) {
    color = key
    drawMenu($('.colors'), data.colorings, color, recolor)
    refresh()
    report()
  }
  function say(text) { $('.state').textContent = text }
  function notify(text) {
    $('.notice').textContent = text
    clearTimeout(noticeTimer)
    noticeTimer = setTimeout(() => { $('.notice').textContent = '' }, NOTICE_MS)
  }

  const sizing = new ResizeObserver(() => {
    const { clientWidth, clientHeight } = stage
    for (const canvas of root.querySelectorAll('canvas')) {
      canvas.width = Math.round(clientWidth * devicePixelRatio)
      canvas.height = Math.round(clientHeight * devicePixelRatio)
    }
    camera.resize(clientWidth, clientHeight)
  })
  sizing.observe(stage)
  // The colors of the style sheet have changed, with the theme.
  stage.addEventListener('transitionend', (event) => { if (event.target === stage) { readTheme(true); settle(); invalidate() } })

  return {
    update,
    close() {
      isClosed = true
      clearInterval(resend)
      for (const timer of [reportTimer, noticeTimer, settleTimer, retryTimer]) clearTimeout(timer)
      contact.stop()
      sizing.disconnect()
      stopKeys()
      camera.stop()
      cancelAnimationFrame(frame)
      painter?.close()
    },
  }
}
