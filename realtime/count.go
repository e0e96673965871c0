package realtime

// Rooms tells how many rooms are open at this moment.
func (h *Hub) Rooms() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.rooms)
}
