"""`Parameter`, `JSONType` and `IncludeFile`: what a run is given from outside."""
