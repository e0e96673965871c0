package livetest_test

import (
	"testing"

	"plenary/realtime"
	"plenary/realtime/livetest"
)

func TestMemory(t *testing.T) {
	livetest.TestJournal(t, func(*testing.T) realtime.Journal { return livetest.NewMemory() })
}
