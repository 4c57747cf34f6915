import { utf8 } from './utf8.js'

class TextEncoder {
  encoding = 'utf-8'

  encode(text = '') {
    return utf8(String(text))
  }
}

export { TextEncoder }
