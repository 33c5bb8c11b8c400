// Part of the desk: one picture as large as the window, to move about in.

const ZOOM_STEP = 1.25
const MOST_ZOOMED = 64
const PAN_PIXELS = 80
// From here on, pixels are hard squares, and keys go by whole numbers.
const HARD_FROM = 4
const WHEEL_PIXELS = 300
// Of the window, what a box takes of it at first.
const BOX_SHARE = 0.7

// `address` is made of id, content hash and size.
function openPicture(dialog, shown, address) {
  const caption = make('p', {}, bold(shown.given ?? 'no label'), ` · ${shown.path}`)
  if (shown.fields) return dialog.open('A closer look', [fieldsElement(shown), caption])

  const view = make('div', { className: 'zoomed' })
  const percentage = make('output')
  const picture = loadPicture(address, shown, 'full', { alt: altText(shown), draggable: false })
  const image = picture.element
  const over = shown.box && boxOver(shown.box)
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
    if (over) layOver(over, { left: x, top: y, width: scale * image.naturalWidth, height: scale * image.naturalHeight })
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
  // The box as large as lets some of what is around it be seen.
  function fitBox() {
    const [left, top, across, down] = shown.box
    const [width, height] = box()
    const boxWidth = across * image.naturalWidth, boxHeight = down * image.naturalHeight
    const exact = BOX_SHARE * Math.min(width / boxWidth, height / boxHeight)
    scale = Math.min(Math.max(exact, Math.min(1, fitting())), MOST_ZOOMED)
    x = width / 2 - scale * (left * image.naturalWidth + boxWidth / 2)
    y = height / 2 - scale * (top * image.naturalHeight + boxHeight / 2)
    draw()
  }
  const first = over ? fitBox : fit
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
    ...(over && { b: fitBox }),
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
    ...(over ? [button('Box', 'The box', 'B', () => picture.ready && fitBox())] : []),
    button('Fit', 'Whole picture', '0', () => picture.ready && fit()))
  dialog.open('A closer look', [view, bar], takes)
  placePicture(view, picture)
  const drawn = () => {
    if (!picture.ready) return
    if (over) view.append(over)
    first()
  }
  picture.settled.then(drawn)
  const again = picture.changed
  picture.changed = () => { again(); drawn() }
}
