import { engine } from 'sidestream'
import { methods } from './methods.js'

export default engine({
  name: 'chatty-start',
  version: '1.0.0',
  methods,
  onStart: ({ log }) => {
    for (let record = 0; record < 2000; record += 1) log.warn({ text: 'x'.repeat(1000) }, 'filler')
  },
})
