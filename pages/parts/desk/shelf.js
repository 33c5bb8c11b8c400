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
    // The versions of those cards of `ids` that are here and as Python made them.
    held: (ids) => Object.fromEntries(ids.filter((id) => cards.get(id)?.version).map((id) => [id, cards.get(id).version])),
    // Takes in what Python sends; `seen` is how much of the log was known to it then. A card that
    // is here in its present version is not sent again.
    put(data) {
      for (const [id, version] of Object.entries(data.unchanged)) {
        const card = cards.get(id)
        if (!card) continue
        if (card.version !== version) { card.version = null; continue }
        card.seen = data.seen
        for (const other of neighborsOf(card)) if (pictures.has(other)) pictures.get(other).seen = data.seen
      }
      for (const [id, card] of Object.entries(data.cards)) {
        if (images.has(id) && cards.get(id)?.content_hash !== card.content_hash) drop(id)
        cards.set(id, { ...card, seen: data.seen, annotations: data.annotations[id] })
      }
      for (const [id, picture] of Object.entries(data.pictures)) pictures.set(id, { ...picture, seen: data.seen })
    },
    // What was decided here shows at once, on every card that it is on; those are not Python's now.
    decide(id, decision) {
      for (const shown of [cards.get(id), pictures.get(id)]) if (shown) Object.assign(shown, decision)
      for (const card of cards.values()) if (card.id === id || neighborsOf(card).includes(id)) card.version = null
    },
    preload(coming) {
      for (const id of coming) {
        const card = cards.get(id)
        image(card)
        if (card.box) new Image().src = address(id, card.content_hash, 'thumb')
      }
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
