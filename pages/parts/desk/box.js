// Part of the desk: the box of an item that is a crop, drawn over the picture that it lies in.

// A box whose sides are less of the room than this is shown large in a corner as well.
const SMALL_BOX = 0.4
// Of the room, what the corner takes at most.
const INSET_SHARE = 0.4

// What is laid over a picture; `box` is left, top, width and height as shares of its sides.
function boxOver([left, top, width, height]) {
  const mark = make('i')
  Object.assign(mark.style, {
    left: `${100 * left}%`, top: `${100 * top}%`, width: `${100 * width}%`, height: `${100 * height}%`,
  })
  const over = make('div', { className: 'boxed' }, mark)
  over.setAttribute('aria-hidden', 'true')
  return over
}

// Where a picture lies in a room that it fills as far as its shape lets it, tiny ones by whole pixels.
function placeIn(image, room) {
  const { naturalWidth, naturalHeight } = image
  const scale = image.classList.contains('tiny') ? parseFloat(image.style.width) / naturalWidth
    : Math.min(room.width / naturalWidth, room.height / naturalHeight)
  const width = scale * naturalWidth, height = scale * naturalHeight
  return { left: (room.width - width) / 2, top: (room.height - height) / 2, width, height, scale }
}

function layOver(over, { left, top, width, height }) {
  Object.assign(over.style, { left: `${left}px`, top: `${top}px`, width: `${width}px`, height: `${height}px` })
}

// The crop itself in the corner that is farthest from its box; null where the box is large enough.
function cropInset(address, card, place, room) {
  const [left, top, width, height] = card.box
  const shares = [width * place.width / room.width, height * place.height / room.height]
  if (Math.max(...shares) >= SMALL_BOX) return null
  const larger = INSET_SHARE / Math.max(...shares)
  const inset = smallPicture(address, card, { alt: `The box in large, labeled ${card.given ?? 'not at all'}` })
  inset.classList.add('inset')
  inset.classList.toggle('tiny', larger * place.scale >= LEAST_FACTOR)
  inset.style.width = `${larger * width * place.width}px`
  inset.style.height = `${larger * height * place.height}px`
  inset.classList.toggle('at-right', left + width / 2 < 0.5)
  inset.classList.toggle('at-bottom', top + height / 2 < 0.5)
  return inset
}
