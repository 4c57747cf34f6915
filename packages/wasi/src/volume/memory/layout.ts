/** Words of an inode's block. */
export const TYPE = 0
export const NLINK = 1
/** Handles that hold it, in all threads. */
export const OPENS = 2
/** Levels of nodes above the leaves of the content, and its root. */
export const HEIGHT = 3
export const CONTENT = 4
/** Entries of a directory, in the order they were made. */
export const FIRST = 5
export const LAST = 6
/** Directory that a directory is in. */
export const PARENT = 7

/** 64-bit words of an inode's block. */
export const SIZE = 4
export const INO = 5
export const ATIME = 6
export const MTIME = 7
export const CTIME = 8

/** Values of `TYPE`. */
export const FILE = 1
export const DIRECTORY = 2
export const LINK = 3

/** Words of an entry's block. */
export const INODE = 0
export const IN = 1
/** Next entry in the same bucket of the table of names. */
export const CHAIN = 2
export const PREVIOUS = 3
export const NEXT = 4
export const NAME_LENGTH = 5
export const HASH = 6
/** Byte of an entry's block where the name begins. */
export const NAME = 32
