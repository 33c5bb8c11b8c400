// Part of the desk: one picture as large as the window, to move about in.

const ZOOM_STEP = 1.25
const MOST_ZOOMED = 64
const PAN_PIXELS = 80
// From here on, pixels are hard squares, and keys go by whole numbers.
const HARD_FROM = 4
const WHEEL_PIXELS = 300

// `address` is made of id, content hash and size.
function openPicture(dialog, shown, address) {
  const caption = make('p', {}, bold(shown.given ?? 'no label'), ` · ${shown.path}`)
  if (shown.fields) return dialog.open('A closer look', [fieldsElement(shown), caption])

  const view = make('div', { className: 'zoomed' })
  const percentage = make('output')
  const picture = loadPicture(address, shown, 'full', { alt: altText(shown), draggable: false })
  const image = picture.element
  let scale = 1, x = 0, y = 0
  const box = () => [view.clientWidth, view.clientHeight]

  // A picture that fits lies in the middle; of a larger one, no side leaves the window.
  const within = (at, size, room) => (size <= room ? (room - size) / 2 : Math.min(0, Math.max(room - size, at)))
  function draw() {
    const [width, height] = box()
    x = within(x, scale * image.naturalWidth, width)
    y = within(y, scale * image.naturalHeight, height)
    image.style.width = `${scale * image.naturalWidth}px`
    image.style.height = `${scale * image.naturalHeight}px`
    image.style.transform = `translate(${x}px, ${y}px)`
    image.classList.toggle('tiny', scale >= HARD_FROM)
    view.classList.toggle('movable', scale * image.naturalWidth > width || scale * image.naturalHeight > height)
    percentage.textContent = `${Math.round(100 * scale)} %`
  }
  function fitting() {
    const [width, height] = box()
    const exact = Math.min(width / image.naturalWidth, height / image.naturalHeight)
    return exact >= HARD_FROM ? Math.floor(exact) : exact
  }
  function fit() {
    scale = fitting()
    draw()
  }
  // The place (left, top) of the window shows the same as before.
  function zoom(to, left = view.clientWidth / 2, top = view.clientHeight / 2) {
    const bounded = Math.min(Math.max(to, Math.min(1, fitting())), MOST_ZOOMED)
    x = left - ((left - x) * bounded) / scale
    y = top - ((top - y) * bounded) / scale
    scale = bounded
    draw()
  }
  const whole = (to, round) => (to >= HARD_FROM ? round(to) : to)
  const closer = () => zoom(whole(scale * ZOOM_STEP, Math.ceil))
  const farther = () => zoom(whole(scale / ZOOM_STEP, Math.floor))
  function pan(right, down) {
    x -= right
    y -= down
    draw()
  }

  const keys = {
    '+': closer, '=': closer, '-': farther, 0: fit,
    ArrowLeft: () => pan(-PAN_PIXELS, 0), ArrowRight: () => pan(PAN_PIXELS, 0),
    ArrowUp: () => pan(0, -PAN_PIXELS), ArrowDown: () => pan(0, PAN_PIXELS),
  }
  function takes(event) {
    const act = keys[keyOf(event)]
    if (!act) return false
    if (picture.ready) act()
    return true
  }
  view.onwheel = (event) => {
    event.preventDefault()
    if (!picture.ready) return
    const { left, top } = view.getBoundingClientRect()
    zoom(scale * 2 ** (-event.deltaY / WHEEL_PIXELS), event.clientX - left, event.clientY - top)
  }
  view.onpointerdown = (event) => {
    if (event.button || !picture.ready) return
    view.setPointerCapture(event.pointerId)
    view.onpointermove = (move) => { pan(-move.movementX, -move.movementY) }
    event.preventDefault()
  }
  view.onpointerup = view.onpointercancel = () => { view.onpointermove = null }

  const button = (text, label, key, onclick) => make('button', { ariaLabel: label, title: `${label}: ${key}`, textContent: text, onclick })
  const bar = make('div', { className: 'zoom-bar' }, caption,
    button('−', 'Smaller', '-', () => picture.ready && farther()),
    percentage,
    button('+', 'Larger', '+', () => picture.ready && closer()),
    button('Fit', 'Whole picture', '0', () => picture.ready && fit()))
  dialog.open('A closer look', [view, bar], takes)
  placePicture(view, picture)
  picture.settled.then(() => { if (picture.ready) fit() })
  const again = picture.changed
  picture.changed = () => { again(); if (picture.ready) fit() }
}
