// Part of the map: the bytes that it is made of, fetched from addresses that name their content.

const FETCHED_AT_MOST = 12
const MAP_AWAY = 'The server cannot be reached; the map is asked for again until it can.'

function createFetching() {
  const fetched = new Map()
  return async (address) => {
    if (!fetched.has(address)) {
      fetched.set(address, fetch(address).then(async (response) => {
        if (!response.ok) throw new Error(response.status < 500 ? await response.text() : MAP_AWAY)
        return response.arrayBuffer()
      }))
      if (fetched.size > FETCHED_AT_MOST) fetched.delete(fetched.keys().next().value)
    }
    try {
      return await fetched.get(address)
    } catch (error) {
      fetched.delete(address)
      throw error instanceof TypeError ? new Error(MAP_AWAY) : error // nobody answers
    }
  }
}

// A coloring: the length of a text of JSON, the text filled up to four bytes, a code a point.
function readColoring(buffer) {
  const length = new DataView(buffer).getUint32(0, true)
  const about = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)).trimEnd())
  if (about.kind === 'categories') return { ...about, codes: new Uint16Array(buffer, 4 + length) }
  const values = new Uint8Array(buffer, 4 + length), codes = new Uint16Array(values.length)
  for (let index = 0; index < values.length; index++) codes[index] = values[index] === 255 ? NO_CODE : values[index]
  return { ...about, codes }
}

// Sets or clears a flag of every state as the bits say, the first in the lowest; null is all of them.
function flagStates(states, flag, bits) {
  for (let index = 0; index < states.length; index++) {
    const isSet = bits === null || (bits[index >> 3] >> (index & 7)) & 1
    states[index] = isSet ? states[index] | flag : states[index] & ~flag
  }
}
function countStates(states, flags) {
  let count = 0
  for (let index = 0; index < states.length; index++) count += (states[index] & flags) === flags ? 1 : 0
  return count
}

// Ids are sixteen hexadecimal digits, sent as eight bytes, the lowest first.
function createIds(buffer) {
  const halves = new Uint32Array(buffer)
  const digits = (value) => value.toString(16).padStart(8, '0')
  return {
    at: (index) => digits(halves[2 * index + 1]) + digits(halves[2 * index]),
    find(id) {
      const high = parseInt(id.slice(0, 8), 16), low = parseInt(id.slice(8), 16)
      for (let index = 0; index < halves.length / 2; index++) {
        if (halves[2 * index] === low && halves[2 * index + 1] === high) return index
      }
      return -1
    },
  }
}

// How many points of each code have all of `flags`, and of those without one, as `without`.
function tally(coloring, states, flags, indices = null) {
  const counts = new Uint32Array(65536)
  const { codes } = coloring
  const add = (index) => { if ((states[index] & flags) === flags) counts[codes[index]] += 1 }
  if (indices) indices(add)
  else for (let index = 0; index < codes.length; index++) add(index)
  const found = Array.from(counts.subarray(0, Math.max(coloring.names?.length ?? 0, 1)))
  found.without = found[NO_CODE] = counts[NO_CODE]
  return found
}

// What all points lie in.
function extentOf(places) {
  let left = 65535, right = 0, bottom = 65535, top = 0
  for (let at = 0; at < places.length; at += 2) {
    const x = places[at], y = places[at + 1]
    if (x < left) left = x
    if (x > right) right = x
    if (y < bottom) bottom = y
    if (y > top) top = y
  }
  return left > right ? { left: 0, right: 1, bottom: 0, top: 1 }
    : { left: left / 65535, right: right / 65535, bottom: bottom / 65535, top: top / 65535 }
}

// Lets the address say it, as Python will.
function holdInAddress(values) {
  const query = new URLSearchParams(location.search)
  for (const [name, value] of Object.entries(values)) query.set(name, value)
  if (`?${query}` !== location.search) history.replaceState(history.state, '', `${location.pathname}?${query}`)
}
