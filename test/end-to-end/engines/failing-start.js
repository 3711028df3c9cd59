import { engine } from 'sidestream'
import { methods } from './methods.js'

export default engine({
  name: 'failing-start',
  version: '1.0.0',
  methods,
  onStart: async () => {
    await new Promise((resolve) => setTimeout(resolve, 300))
    throw new Error('the model file is missing')
  },
})
