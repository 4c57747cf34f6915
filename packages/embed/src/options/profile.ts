/** What a profile looks at. */
export interface ProfileOptions {
  /**
   * `time`: how long each function ran. `fuel`: how much work it did, which is the same each time for the same input, for a plugin
   * that was loaded with `profile: 'fuel'`. @default 'time'
   */
  by?: 'time' | 'fuel'
}
