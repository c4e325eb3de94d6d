"""The functional core: one public function per file, values in, values out."""
