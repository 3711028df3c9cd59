import { engine } from 'sidestream'
import { methods } from './methods.js'

export default engine({
  name: 'unable',
  version: '1.0.0',
  methods,
  onStart: () => {
    throw new Error('the model file is missing')
  },
})
