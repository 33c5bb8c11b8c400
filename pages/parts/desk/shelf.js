// Part of the desk: what is at hand. Cards, pictures of neighbors, images loaded ahead.

const PICTURES_AHEAD = 24
const STRIPS_AHEAD = 3

// `address` gives the address of an image by id, content hash and size.
function createShelf(address) {
  const cards = new Map()
  const pictures = new Map()
  const images = new Map()

  const neighborsOf = ({ neighbors, peers }) => [...neighbors, ...peers].map(([id]) => id)

  function image(card) {
    if (!images.has(card.id)) {
      images.set(card.id, loadPicture(address, card, 'full', { fetchPriority: 'high', alt: altText(card) }))
    }
    return images.get(card.id)
  }
  function drop(id) {
    images.get(id).stop()
    images.delete(id)
  }

  return {
    cards,
    pictures,
    neighborsOf,
    image,
    // Takes in what Python sends; `seen` is how much of the log was known to it then.
    put(data) {
      for (const [id, card] of Object.entries(data.cards)) {
        if (images.has(id) && cards.get(id)?.content_hash !== card.content_hash) drop(id)
        cards.set(id, { ...card, seen: data.seen, annotations: data.annotations[id] })
      }
      for (const [id, picture] of Object.entries(data.pictures)) pictures.set(id, { ...picture, seen: data.seen })
    },
    preload(coming) {
      for (const id of coming) image(cards.get(id))
      // The strips wait for the images: a key press needs the next image, not its neighbors.
      Promise.all(coming.map((id) => images.get(id).settled)).then(() => {
        for (const card of coming.slice(1, 1 + STRIPS_AHEAD).map((id) => cards.get(id)).filter(Boolean)) {
          for (const other of neighborsOf(card)) {
            const shown = pictures.get(other)
            if (shown && !shown.fields) new Image().src = address(other, shown.content_hash, 'thumb')
          }
        }
      })
    },
    // Forgets everything but the `needed` cards, and of their images all but those `near`.
    forget(needed, near) {
      for (const id of cards.keys()) if (!needed.has(id)) cards.delete(id)
      for (const id of images.keys()) if (!near.has(id)) drop(id)
      const shown = new Set([...cards.values()].flatMap(neighborsOf))
      for (const id of pictures.keys()) if (!shown.has(id)) pictures.delete(id)
    },
  }
}
