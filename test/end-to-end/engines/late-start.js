import { engine } from 'sidestream'
import { methods } from './methods.js'

export default engine({
  name: 'late-start',
  version: '1.0.0',
  methods,
  onStart: () => new Promise((resolve) => setTimeout(resolve, 300)),
})
