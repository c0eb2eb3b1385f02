import './index.css';
import './tour.css';
