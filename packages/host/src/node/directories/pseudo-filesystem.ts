/** `statfs` types of Linux file systems whose files are doors into the kernel or into other processes. */
const PSEUDO = new Set([
  0x9fa0, // proc
  0x62656572, // sysfs
  0x64626720, // debugfs
  0x74726163, // tracefs
  0x73636673, // securityfs
  0x27e0eb, // cgroup
  0x63677270, // cgroup2
  0xcafe4a11, // bpf
  0x1cd1, // devpts
  0x62656570, // configfs
  0x19800202, // mqueue
  0xde5e81e4, // efivarfs
])

export function isPseudoFilesystem(type: number): boolean {
  return PSEUDO.has(type)
}
