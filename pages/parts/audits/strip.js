// Pictures beside each other; an empty strip keeps its height, so that cards stay in line.
export default function ({ data, parentElement }) {
  const strip = parentElement.querySelector('.strip')
  const drawn = JSON.stringify(data.pictures)
  if (strip.drawn === drawn) return
  strip.drawn = drawn
  strip.style.setProperty('--count', Math.max(1, data.pictures.length))
  strip.toggleAttribute('data-large', data.pictures.some(({ caption }) => caption))
  const figures = data.pictures.map(({ src, caption }) => {
    const figure = document.createElement('figure')
    const image = document.createElement('img')
    image.src = src
    image.alt = caption
    image.loading = 'lazy'
    image.onerror = () => { image.style.visibility = 'hidden' }
    figure.append(image)
    if (caption) {
      const text = document.createElement('figcaption')
      text.textContent = text.title = caption
      figure.append(text)
    }
    return figure
  })
  const none = document.createElement('div')
  none.className = 'blank'
  strip.replaceChildren(...(figures.length ? figures : [none]))
}
