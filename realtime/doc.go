// Package realtime keeps the rooms in which people edit one draft together.
//
// Start with NewHub, which needs a Journal and a Saver, and Hub.Join, which gives a
// Session for one connection. A Session takes and gives frames of the wire protocol
// plenary.v1 as bytes (wire.go describes it), so that package ws only carries them.
//
// Promises:
//   - An update is sent to anybody, its author included, only after Journal.Append has
//     returned: what is acknowledged is on disk.
//   - Everybody in a room arrives at the same text; every accepted update is in it once,
//     however often it was sent.
//   - One goroutine owns a room's state. All its queues are bounded: who sends more is
//     told "busy", who reads too slowly gets larger frames and may resume.
//   - Close returns when all rooms are saved and all goroutines have ended.
package realtime
