// Part of the map: draws the points with WebGL2. Places (two 16-bit numbers), code (16 bits: a
// category, or a step of a number) and state (8 bits) of each point lie on the graphics card; what
// a code looks like is a texture, so that another color uploads kilobytes, not a million points.

const PALETTE_WIDTH = 4096, PALETTE_HEIGHT = 16
const NO_CODE = 65535
const IN_SCOPE = 1, SELECTED = 2
// Above so many points a pixel of the area that is covered, their density is drawn.
const CROWDED = 4
const DENSITY_STEP = 0.22

const VERTEX = `#version 300 es
layout(location = 0) in vec2 place;
layout(location = 1) in uint code;
layout(location = 2) in uint state;
uniform vec4 transform;
uniform float size;
uniform bool hasSelection;
uniform vec3 page;
uniform vec3 quiet;
uniform highp sampler2D palette;
out vec4 tone;
void main() {
  vec4 own = texelFetch(palette, ivec2(int(code & 4095u), int(code >> 12)), 0);
  bool isShown = (state & 1u) != 0u && own.a > 0.5;
  bool isSelected = (state & 2u) != 0u;
  bool isContext = !isShown || (hasSelection && !isSelected);
  vec3 color = isShown ? own.rgb : quiet;
  tone = vec4(isContext ? mix(page, color, isShown ? 0.30 : 0.5) : color, isContext ? 0.08 : 1.0);
  float depth = isContext ? 0.5 : (hasSelection ? -0.5 : 0.0);
  gl_Position = vec4(place * transform.xy + transform.zw, depth, 1.0);
  gl_PointSize = isContext ? max(size * 0.85, 1.0) : size;
}`

const FRAGMENT = `#version 300 es
precision highp float;
in vec4 tone;
uniform float size;
uniform bool isDensity;
out vec4 color;
void main() {
  if (isDensity) { color = vec4(tone.rgb * tone.a, tone.a); return; }
  if (size < 3.0) { color = vec4(tone.rgb, 1.0); return; }
  float edge = length(gl_PointCoord - 0.5) * size;
  float alpha = clamp(size * 0.5 - edge, 0.0, 1.0);
  if (alpha < 0.05) discard;
  color = vec4(tone.rgb * alpha, alpha);
}`

const COVER = `#version 300 es
void main() {
  vec2 corner = vec2((gl_VertexID << 1) & 2, gl_VertexID & 2);
  gl_Position = vec4(corner * 2.0 - 1.0, 0.0, 1.0);
}`

const DENSITY = `#version 300 es
precision highp float;
uniform highp sampler2D sums;
uniform float step;
out vec4 color;
void main() {
  vec4 sum = texelFetch(sums, ivec2(gl_FragCoord.xy), 0);
  if (sum.a <= 0.0) discard;
  float alpha = 1.0 - exp(-step * sum.a) * 0.65;
  color = vec4(sum.rgb / sum.a * alpha, alpha);
}`

// Returns null where there is no WebGL2. `changed` asks for a new drawing.
function createPainter(canvas, changed, lostForGood) {
  const options = { antialias: false, alpha: true, premultipliedAlpha: true, powerPreference: 'high-performance' }
  const gl = canvas.getContext('webgl2', options)
  if (!gl) return null
  const kept = { places: null, codes: null, states: null, palette: new Uint8Array(PALETTE_WIDTH * PALETTE_HEIGHT * 4) }
  let parts = null, count = 0, lostTimer

  function compile(vertex, fragment) {
    const program = gl.createProgram()
    for (const [type, source] of [[gl.VERTEX_SHADER, vertex], [gl.FRAGMENT_SHADER, fragment]]) {
      const shader = gl.createShader(type)
      gl.shaderSource(shader, source)
      gl.compileShader(shader)
      gl.attachShader(program, shader)
    }
    gl.linkProgram(program)
    if (!gl.getProgramParameter(program, gl.LINK_STATUS) && !gl.isContextLost()) {
      throw new Error(gl.getProgramInfoLog(program))
    }
    const at = {}
    const number = gl.getProgramParameter(program, gl.ACTIVE_UNIFORMS) ?? 0
    for (let index = 0; index < number; index++) {
      const { name } = gl.getActiveUniform(program, index)
      at[name] = gl.getUniformLocation(program, name)
    }
    return { program, at }
  }

  function start() {
    parts = {
      points: compile(VERTEX, FRAGMENT), density: compile(COVER, DENSITY),
      places: gl.createBuffer(), codes: gl.createBuffer(), states: gl.createBuffer(),
      palette: gl.createTexture(), sums: gl.createTexture(), frame: gl.createFramebuffer(), sumsSize: '',
      canSum: Boolean(gl.getExtension('EXT_color_buffer_half_float') || gl.getExtension('EXT_color_buffer_float')),
    }
    gl.bindTexture(gl.TEXTURE_2D, parts.palette)
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA8, PALETTE_WIDTH, PALETTE_HEIGHT, 0, gl.RGBA, gl.UNSIGNED_BYTE, kept.palette)
    for (const filter of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) gl.texParameteri(gl.TEXTURE_2D, filter, gl.NEAREST)
    for (const name of ['places', 'codes', 'states']) if (kept[name]) upload(name)
  }

  function upload(name) {
    gl.bindBuffer(gl.ARRAY_BUFFER, parts[name])
    gl.bufferData(gl.ARRAY_BUFFER, kept[name], gl.STATIC_DRAW)
  }
  function set(name, values) {
    kept[name] = values
    if (!gl.isContextLost()) upload(name)
  }

  const onLost = (event) => {
    event.preventDefault()
    lostTimer = setTimeout(lostForGood, 8000)
  }
  const onRestored = () => {
    clearTimeout(lostTimer)
    start()
    changed()
  }
  canvas.addEventListener('webglcontextlost', onLost)
  canvas.addEventListener('webglcontextrestored', onRestored)
  start()

  // Each `skip`-th point only is read: while moving on a slow machine.
  function bind(skip) {
    const attribute = (index, name, stride, read) => {
      gl.bindBuffer(gl.ARRAY_BUFFER, parts[name])
      gl.enableVertexAttribArray(index)
      read(stride * skip)
    }
    attribute(0, 'places', 4, (stride) => gl.vertexAttribPointer(0, 2, gl.UNSIGNED_SHORT, true, stride, 0))
    attribute(1, 'codes', 2, (stride) => gl.vertexAttribIPointer(1, 1, gl.UNSIGNED_SHORT, stride, 0))
    attribute(2, 'states', 1, (stride) => gl.vertexAttribIPointer(2, 1, gl.UNSIGNED_BYTE, stride, 0))
  }

  function sumsOf(width, height) {
    if (parts.sumsSize === `${width} ${height}`) return
    parts.sumsSize = `${width} ${height}`
    gl.bindTexture(gl.TEXTURE_2D, parts.sums)
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA16F, width, height, 0, gl.RGBA, gl.HALF_FLOAT, null)
    for (const filter of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) gl.texParameteri(gl.TEXTURE_2D, filter, gl.NEAREST)
    gl.bindFramebuffer(gl.FRAMEBUFFER, parts.frame)
    gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, parts.sums, 0)
    if (gl.checkFramebufferStatus(gl.FRAMEBUFFER) !== gl.FRAMEBUFFER_COMPLETE) parts.canSum = false
    gl.bindFramebuffer(gl.FRAMEBUFFER, null)
  }

  function drawPoints({ transform, size, hasSelection, page, quiet, skip, isDensity }) {
    const { program, at } = parts.points
    gl.useProgram(program)
    gl.activeTexture(gl.TEXTURE0)
    gl.bindTexture(gl.TEXTURE_2D, parts.palette)
    gl.uniform1i(at.palette, 0)
    gl.uniform4fv(at.transform, transform)
    gl.uniform1f(at.size, size)
    gl.uniform1i(at.hasSelection, hasSelection)
    gl.uniform1i(at.isDensity, isDensity)
    gl.uniform3fv(at.page, page)
    gl.uniform3fv(at.quiet, quiet)
    bind(skip)
    gl.drawArrays(gl.POINTS, 0, Math.floor(count / skip))
  }

  return {
    get isLost() { return gl.isContextLost() },
    get canSum() { return parts.canSum },
    context: gl,
    setPlaces(places) { count = places.length / 2; set('places', places) },
    setCodes(codes) { set('codes', codes) },
    setStates(states) { set('states', states) },
    // `colors` are bytes (red, green, blue, shown or not), four for each of the first codes.
    setPalette(colors, ofNone) {
      kept.palette.set(colors.subarray(0, NO_CODE * 4))
      kept.palette.set(ofNone, NO_CODE * 4)
      if (gl.isContextLost()) return
      const rows = Math.max(1, Math.ceil(colors.length / 4 / PALETTE_WIDTH))
      gl.bindTexture(gl.TEXTURE_2D, parts.palette)
      const write = (row, height) => gl.texSubImage2D(
        gl.TEXTURE_2D, 0, 0, row, PALETTE_WIDTH, height, gl.RGBA, gl.UNSIGNED_BYTE,
        kept.palette.subarray(row * PALETTE_WIDTH * 4, (row + height) * PALETTE_WIDTH * 4),
      )
      write(0, Math.min(rows, PALETTE_HEIGHT))
      write(PALETTE_HEIGHT - 1, 1)
    },
    draw(look) {
      if (gl.isContextLost() || !kept.places || !kept.codes || !kept.states) return false
      const { width, height } = canvas
      const skip = Math.min(look.skip, 60)
      gl.viewport(0, 0, width, height)
      if (look.isCrowded && parts.canSum) sumsOf(width, height)
      const isDensity = look.isCrowded && parts.canSum
      gl.bindFramebuffer(gl.FRAMEBUFFER, isDensity ? parts.frame : null)
      gl.clearColor(0, 0, 0, 0)
      gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT)
      gl.enable(gl.BLEND)
      if (isDensity) {
        gl.disable(gl.DEPTH_TEST)
        gl.blendFunc(gl.ONE, gl.ONE)
        drawPoints({ ...look, skip, size: Math.max(1, look.size * 0.6), isDensity: true })
        gl.bindFramebuffer(gl.FRAMEBUFFER, null)
        gl.clear(gl.COLOR_BUFFER_BIT)
        gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA)
        gl.useProgram(parts.density.program)
        gl.bindTexture(gl.TEXTURE_2D, parts.sums)
        gl.uniform1i(parts.density.at.sums, 0)
        gl.uniform1f(parts.density.at.step, DENSITY_STEP * skip)
        gl.drawArrays(gl.TRIANGLES, 0, 3)
      } else {
        gl.enable(gl.DEPTH_TEST)
        gl.depthFunc(gl.LEQUAL)
        gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA)
        drawPoints({ ...look, skip, isDensity: false })
      }
      return true
    },
    close() {
      clearTimeout(lostTimer)
      canvas.removeEventListener('webglcontextlost', onLost)
      canvas.removeEventListener('webglcontextrestored', onRestored)
      gl.getExtension('WEBGL_lose_context')?.loseContext()
    },
  }
}
