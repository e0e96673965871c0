package load

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// Process is a server's process on this machine, as /proc tells of it.
type Process struct{ PID int }

// errNoFigure tells that /proc does not say what is asked.
var errNoFigure = errors.New("/proc does not tell")

// CPU is the time that the process has computed.
func (p Process) CPU() (time.Duration, error) {
	raw, err := p.file("stat")
	if err != nil {
		return 0, fmt.Errorf("processor time of process %d: %w", p.PID, err)
	}
	// The name in parentheses may hold blanks; user and system time are fields 12 and 13 after it.
	fields := strings.Fields(raw[strings.LastIndexByte(raw, ')')+1:])
	if len(fields) < 13 {
		return 0, fmt.Errorf("processor time of process %d: %w", p.PID, errNoFigure)
	}
	var ticks time.Duration
	for _, field := range fields[11:13] {
		n, err := strconv.Atoi(field)
		if err != nil {
			return 0, fmt.Errorf("processor time of process %d: %w", p.PID, err)
		}
		ticks += time.Duration(n)
	}
	return ticks * 10 * time.Millisecond, nil
}

// Memory is what the process holds in memory, in bytes: now, and the most there has been.
func (p Process) Memory() (now, most int, err error) {
	raw, err := p.file("status")
	if err != nil {
		return 0, 0, fmt.Errorf("memory of process %d: %w", p.PID, err)
	}
	for line := range strings.Lines(raw) {
		var kilobytes int
		if _, err := fmt.Sscanf(line, "VmRSS: %d kB", &kilobytes); err == nil {
			now = kilobytes << 10
		}
		if _, err := fmt.Sscanf(line, "VmHWM: %d kB", &kilobytes); err == nil {
			most = kilobytes << 10
		}
	}
	if now == 0 || most == 0 {
		return 0, 0, fmt.Errorf("memory of process %d: %w", p.PID, errNoFigure)
	}
	return now, most, nil
}

func (p Process) file(name string) (string, error) {
	raw, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(p.PID), name))
	return string(raw), err
}
