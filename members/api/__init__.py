"""The register to programs: drivers, claims, zones, imports, exports, one's own data."""
