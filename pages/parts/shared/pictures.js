// What the desk and the grid share: a picture that is on the screen, or the reason why it is not.

// A server that does not answer is asked again after these, the last of them over and over.
const ASK_AGAIN_MS = [1000, 2000, 5000]
const SLOW_MS = 5000
const AWAY = 'The server cannot be reached; the image is asked for again until it can.'
const SLOW = 'The image has not arrived yet; it is still awaited.'
const UNDECODED = 'This browser cannot show the image.'

// Calls `then` when what was put in place is on the screen.
const afterPaint = (then) => requestAnimationFrame(() => requestAnimationFrame(then))

// Loads a picture in one `size`, whose `address` is made of id, content hash and size.
//   ready      it can be painted
//   painted    it has been on the screen, see `placePicture`
//   problem    why it cannot be, a sentence; null while there is no reason yet
//   isAway     the reason lies with the server, which is asked again
//   settled    resolves when it is ready or there is a problem
//   changed    called whenever that changes
function loadPicture(address, shown, size, properties = {}) {
  const { id, content_hash: hash, fields } = shown
  const element = fields ? fieldsElement(shown) : make('img', properties)
  const picture = { element, hash, ready: false, painted: false, problem: null, isAway: false, changed() {}, reload, stop }
  let settle, run = 0, tries = 0, timer
  picture.settled = new Promise((resolve) => { settle = resolve })

  function become(state) {
    Object.assign(picture, { ready: false, problem: null, isAway: false }, state)
    if (!picture.ready) picture.painted = false
    settle()
    picture.changed()
  }
  async function load() {
    const mine = ++run
    clearTimeout(timer)
    timer = setTimeout(() => become({ problem: SLOW, isAway: true }), SLOW_MS)
    const state = await outcome()
    if (mine !== run) return
    clearTimeout(timer)
    // Nobody waits for what is no longer on the page.
    const again = () => { if (picture.box?.isConnected ?? true) load() }
    if (state.isAway) timer = setTimeout(again, ASK_AGAIN_MS[Math.min(tries++, ASK_AGAIN_MS.length - 1)])
    become(state)
  }
  async function outcome() {
    for (const source of [address(id, hash, size), ...(size === 'full' ? [address(id, hash, 'view')] : [])]) {
      if (await decoded(source)) return { ready: true }
      const refused = await refusal(source)
      if (refused) return refused
      // What was cut off on its way is whole now.
      element.removeAttribute('src')
      if (await decoded(source)) return { ready: true }
    }
    return { problem: UNDECODED }
  }
  async function decoded(source) {
    element.src = source
    try { await element.decode(); return true } catch { return false }
  }
  async function refusal(source) {
    try {
      const response = await fetch(source, { cache: 'reload' })
      const type = response.headers.get('content-type') ?? ''
      if (response.ok && type.startsWith('image/')) { await response.blob(); return null }
      if (response.status < 500 && type.startsWith('text/plain')) return { problem: await response.text() }
    } catch { /* nobody answers */ }
    return { problem: AWAY, isAway: true }
  }
  // Asks for it once more; until the answer is there, there is no reason against it.
  function reload() {
    tries = 0
    Object.assign(picture, { ready: false, painted: false, problem: null, isAway: false })
    element.removeAttribute('src')
    load()
  }
  function stop() {
    run += 1
    clearTimeout(timer)
  }

  if (fields) { picture.ready = true; settle(); picture.reload = () => {} } else load()
  return picture
}

// Keeps `box` filled with a picture, or with the reason why it cannot be shown. `then` is called
// when the picture has been painted there, and when there is a reason against it.
function placePicture(box, picture, then = () => {}) {
  const isHere = () => box.picture === picture
  function draw() {
    if (!isHere()) return
    box.removeAttribute('data-painted')
    box.replaceChildren(...(picture.ready ? [picture.element] : picture.problem ? [make('p', { className: 'unshown', textContent: picture.problem })] : []))
    if (picture.problem) then()
    if (picture.ready) {
      afterPaint(() => {
        if (!isHere() || !picture.ready || !box.isConnected) return
        picture.painted = true
        box.toggleAttribute('data-painted', true)
        then()
      })
    }
  }
  box.picture = picture
  Object.assign(picture, { box, changed: draw })
  if (picture.isAway) picture.reload()
  draw()
}

// In which size a picture shows an item alone: a crop without its surroundings.
const ownSize = ({ box }) => (box ? 'crop' : 'full')

// A small picture to look at; where it cannot be shown, the reason stands in its place.
function smallPicture(address, shown, properties) {
  if (shown.fields) return fieldsElement(shown)
  const image = make('img', { ...properties, src: address(shown.id, shown.content_hash, 'thumb') })
  image.onerror = () => {
    const box = make('div', { className: 'instead' })
    image.replaceWith(box)
    placePicture(box, loadPicture(address, shown, 'thumb', properties))
  }
  return image
}

// A picture of few pixels is enlarged by a whole number, each pixel a hard square; any other
// is left to the style sheet.
const LEAST_FACTOR = 4
function enlargeTiny(image, width, height) {
  const dots = window.devicePixelRatio || 1
  const factor = Math.floor(Math.min(width / image.naturalWidth, height / image.naturalHeight) * dots) / dots
  const isTiny = factor >= LEAST_FACTOR
  image.classList.toggle('tiny', isTiny)
  image.style.width = isTiny ? `${factor * image.naturalWidth}px` : ''
  image.style.height = isTiny ? `${factor * image.naturalHeight}px` : ''
}
