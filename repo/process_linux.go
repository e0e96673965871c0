package repo

import "syscall"

// processAttributes puts a git process in a group of its own, and has it killed when the server is: one that went on
// would hold locks that the next start clears away.
func processAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
