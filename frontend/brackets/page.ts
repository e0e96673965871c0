import "../shared/follow";
