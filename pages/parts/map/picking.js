// Part of the map: which points lie where. A counting sort into a square grid: 71 ms for a million
// points, and then a look around the pointer reads a few dozen of them.

function createPicking(places) {
  const count = places.length / 2
  const side = count > 50_000 ? 512 : count > 2000 ? 128 : 32
  const shift = 16 - Math.log2(side)
  const starts = new Uint32Array(side * side + 1)
  const order = new Uint32Array(count)
  const cellOf = (index) => (places[2 * index + 1] >> shift) * side + (places[2 * index] >> shift)
  for (let index = 0; index < count; index++) starts[cellOf(index) + 1] += 1
  let covered = 0
  for (let cell = 0; cell < side * side; cell++) {
    if (starts[cell + 1]) covered += 1
    starts[cell + 1] += starts[cell]
  }
  const next = starts.slice()
  for (let index = 0; index < count; index++) order[next[cellOf(index)]++] = index

  const x = (index) => places[2 * index] / 65535
  const y = (index) => places[2 * index + 1] / 65535
  const clamped = (value) => Math.max(0, Math.min(side - 1, Math.floor(value * side)))

  // Calls `each` with the points of the cells that touch a window; those at its edge may lie outside.
  function visit({ left, right, bottom, top }, each) {
    const last = clamped(right)
    for (let row = clamped(bottom); row <= clamped(top); row++) {
      const from = starts[row * side + clamped(left)], to = starts[row * side + last + 1]
      for (let at = from; at < to; at++) each(order[at])
    }
  }

  return {
    count,
    // Share of the square that holds points.
    covered: covered / (side * side),
    x,
    y,
    within(window, each) {
      const { left, right, bottom, top } = window
      visit(window, (index) => {
        const px = x(index), py = y(index)
        if (px >= left && px <= right && py >= bottom && py <= top) each(index)
      })
    },
    // About how many points are in a window: those of the cells that touch it.
    roughly(window) {
      let sum = 0
      const first = clamped(window.left), last = clamped(window.right)
      for (let row = clamped(window.bottom); row <= clamped(window.top); row++) {
        sum += starts[row * side + last + 1] - starts[row * side + first]
      }
      return sum
    },
    // The point nearest to a place within `reach`, of those that `isWanted`; -1 where there is none.
    nearest(px, py, reach, isWanted) {
      let best = -1, least = reach * reach
      visit({ left: px - reach, right: px + reach, bottom: py - reach, top: py + reach }, (index) => {
        const dx = x(index) - px, dy = y(index) - py, away = dx * dx + dy * dy
        if (away <= least && isWanted(index)) {
          best = index
          least = away
        }
      })
      return best
    },
  }
}
