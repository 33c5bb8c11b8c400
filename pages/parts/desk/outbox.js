// Part of the desk: what was done and is not yet known to be on disk.

// Every action has a number in its session, by which it is stored once however often it is sent.
// It survives a reload in localStorage. Where people log in, `owner` is who is in: what others
// have left in this browser stays where it is until they are. Else it is null: names are typed,
// and what somebody has left is sent under the name that it was done as.
function createOutbox(audit, owner = null) {
  const prefix = `second-look:${audit}:`
  const session = sessionName()
  let next = 0
  let actions = []
  const others = []
  const keep = () => {
    const own = actions.filter((action) => action.session === session)
    if (own.length) localStorage.setItem(prefix + session, JSON.stringify(own))
    else localStorage.removeItem(prefix + session)
  }
  for (const key of Object.keys(localStorage).filter((name) => name.startsWith(prefix))) {
    try {
      for (const action of JSON.parse(localStorage.getItem(key))) {
        (owner === null || action.auditor === owner ? actions : others).push(action)
      }
    } catch { localStorage.removeItem(key) }
  }
  return {
    add(action) { actions.push({ ...action, session, seq: next++ }); keep() },
    settle(result) {
      actions = actions.filter((a) => a.session !== result.session || a.seq !== result.seq)
      if (result.session === session) return keep()
      const key = prefix + result.session
      const left = JSON.parse(localStorage.getItem(key) ?? '[]').filter((a) => a.seq !== result.seq)
      if (left.length) localStorage.setItem(key, JSON.stringify(left))
      else localStorage.removeItem(key)
    },
    get actions() { return actions },
    // What waits for others to log in: how many actions of each, by name.
    get left() {
      const names = others.map(({ auditor }) => String(auditor))
      return [...new Set(names)].map((name) => [name, names.filter((other) => other === name).length])
    },
    find: (result) => actions.find((a) => a.session === result.session && a.seq === result.seq),
    // The last action on an item that is still on its way, or undefined.
    pending(item) { return actions.findLast((action) => action.item === item) },
  }
}

// What an action leaves of an item: a decision, or null.
const decisionAfter = (action) =>
  action.verdict === 'undo' ? null : action.verdict === 'redo' ? action.again : action
