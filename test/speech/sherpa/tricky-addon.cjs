/** sherpa-onnx-node, with its real detector, and a model in the place of one: the name of its folder says what it does. */
const { writeSync } = require('node:fs')
const { basename, dirname } = require('node:path')

const real = require('REAL')

const printed = (text) => writeSync(2, `${text}\n`)
const csrc = '/shared/sherpa-onnx/csrc'

class OfflineRecognizer {
  static async createAsync(config) {
    const trick = basename(dirname(config.modelConfig.tokens))
    printed(`It loads ${trick}`)
    if (trick === 'refused') {
      printed(`${csrc}/offline-model-config.cc:Validate:105 tokens: '/x' does not exist`)
      throw new Error('Please check your config!')
    }
    if (trick === 'aborts-at-load') {
      printed("terminate called after throwing an instance of 'Ort::Exception'")
      printed('  what():  Load model from encoder.onnx failed:Protobuf parsing failed.')
      process.abort()
    }
    if (trick === 'slow-to-load') await new Promise((resolve) => setTimeout(resolve, 100))
    return new OfflineRecognizer(trick, config)
  }
  constructor(trick, config) {
    this.trick = trick
    this.config = config
    this.heard = 0
  }
  setConfig(config) {
    this.config = config
  }
  createStream() {
    return { acceptWaveform: (wave) => Object.assign(this, { wave }) }
  }
  async decodeAsync() {
    this.heard += 1
    const seconds = this.wave.samples.length / this.wave.sampleRate
    const { whisper } = this.config.modelConfig
    switch (this.trick) {
      case 'fails':
        printed(
          `${csrc}/offline-recognizer-whisper-impl.h:DecodeStream:128 \n\nCaught exception:\n`,
        )
        printed('invalid expand shape\n\nReturn an empty result. Number of input frames: 12')
        return { text: '' }
      case 'out-of-memory':
        printed('Caught exception:\n\nstd::bad_alloc\n\nReturn an empty result.')
        return { text: '' }
      case 'aborts':
        if (this.heard === 2) process.abort()
        break
      case 'never-ends':
        printed('It never ends')
        return new Promise(() => {})
      case 'names-its-process':
        if (this.heard === 2) return new Promise(() => {})
        return { text: String(process.pid) }
      case 'chatty':
        printed('By the way')
        break
    }
    return {
      lang: '',
      text: ` ${seconds.toFixed(2)} s in ${whisper.language}, ${whisper.task}`,
      tokens: [' one', ' two'],
      timestamps: whisper.enableTokenTimestamps === 1 ? [0.1, 0.5] : [],
    }
  }
}

module.exports = { ...real, OfflineRecognizer }
