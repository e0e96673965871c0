package drafting

import "plenary/repo"

// HoldCompilation keeps the compilation of a resolution busy, as an endless one would be, until release is called.
func (s *Service) HoldCompilation(slug repo.Slug) (release func()) {
	c := s.compilations.get(compilationOf{slug: slug})
	c.mu.Lock()
	return c.mu.Unlock
}
