//go:build !linux

package repo

import "syscall"

// processAttributes puts a git process in a group of its own.
func processAttributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }
