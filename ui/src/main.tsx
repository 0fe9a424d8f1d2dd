import { createRoot } from "react-dom/client";

import { App } from "./app/App";
import "./look/tokens.css";
import "./look/base.css";
import "./look/parts.css";

const root = document.getElementById("root");
if (root) createRoot(root).render(<App />);
