// Part of the desk: when Python is sent more. What is not on disk yet is sent until it is; and
// while the auditor is there, a sign of life keeps others off what is on the desk and brings news.

const SEND_AGAIN_MS = 3000
const HEARTBEAT_MS = 20_000
const ASLEEP_MS = 600_000

function createHeartbeat(outbox, send) {
  let sentAt = 0, activeAt = Date.now()
  const isAwake = () => !document.hidden && Date.now() - activeAt < ASLEEP_MS
  const beat = setInterval(() => {
    const since = Date.now() - sentAt
    if (outbox.actions.length ? since > SEND_AGAIN_MS : since > HEARTBEAT_MS && isAwake()) send()
  }, 1000)
  const onVisible = () => { if (isAwake()) send() }
  const onLeave = (event) => { if (outbox.actions.length) event.preventDefault() }
  document.addEventListener('visibilitychange', onVisible)
  window.addEventListener('beforeunload', onLeave)
  return {
    sent() { sentAt = Date.now() },
    active() { activeAt = Date.now() },
    stop() {
      clearInterval(beat)
      document.removeEventListener('visibilitychange', onVisible)
      window.removeEventListener('beforeunload', onLeave)
    },
  }
}
